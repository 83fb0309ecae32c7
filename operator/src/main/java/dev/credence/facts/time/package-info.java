// SPDX-License-Identifier: Apache-2.0

/// Durations, cron schedules, time zones and windows. Each grammar is here once.
@NullMarked
package dev.credence.facts.time;

import org.jspecify.annotations.NullMarked;
