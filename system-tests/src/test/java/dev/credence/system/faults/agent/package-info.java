// SPDX-License-Identifier: Apache-2.0

/// What a test does to an operator from within: a clock that it can put forward and back, an error
/// in a method that nobody expects to fail.
@NullMarked
package dev.credence.system.faults.agent;

import org.jspecify.annotations.NullMarked;
