// SPDX-License-Identifier: Apache-2.0

/// The reconcilers and the loops: snapshot, decide, perform, count, status.
@NullMarked
package dev.credence.controller;

import org.jspecify.annotations.NullMarked;
