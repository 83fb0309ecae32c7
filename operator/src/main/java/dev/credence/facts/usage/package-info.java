// SPDX-License-Identifier: Apache-2.0

/// Who uses a member: pods, workloads, tokens.
@NullMarked
package dev.credence.facts.usage;

import org.jspecify.annotations.NullMarked;
