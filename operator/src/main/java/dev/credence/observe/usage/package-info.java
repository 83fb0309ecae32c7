// SPDX-License-Identifier: Apache-2.0

/// Pods and workloads: who uses which Secret and ServiceAccount.
@NullMarked
package dev.credence.observe.usage;

import org.jspecify.annotations.NullMarked;
