// SPDX-License-Identifier: Apache-2.0

/// What any object of the cluster has: its name, its metadata, its labels.
@NullMarked
package dev.credence.facts.object;

import org.jspecify.annotations.NullMarked;
