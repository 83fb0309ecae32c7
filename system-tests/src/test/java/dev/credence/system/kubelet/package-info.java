// SPDX-License-Identifier: Apache-2.0

/// Plays kubelet for chosen pods of a test: their commands run as processes of this machine.
@NullMarked
package dev.credence.system.kubelet;

import org.jspecify.annotations.NullMarked;
