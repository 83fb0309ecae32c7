// SPDX-License-Identifier: Apache-2.0

/// What should happen. Start at [dev.credence.decide.Decide]. Pure: facts in, a decision out; no
/// client, no clock, no log. The sentences that test it are the folders of
/// `operator/src/test/resources/decisions`.
@NullMarked
package dev.credence.decide;

import org.jspecify.annotations.NullMarked;
