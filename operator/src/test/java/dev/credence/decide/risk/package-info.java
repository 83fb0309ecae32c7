// SPDX-License-Identifier: Apache-2.0

/// What accounts may do, held against the fixtures of `risks/` and against other authorizers.
package dev.credence.decide.risk;
