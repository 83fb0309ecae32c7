// SPDX-License-Identifier: Apache-2.0

/// What can be set, from the environment, the version and the log.
@NullMarked
package dev.credence.settings;

import org.jspecify.annotations.NullMarked;
