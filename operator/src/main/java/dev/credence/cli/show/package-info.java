// SPDX-License-Identifier: Apache-2.0

/// Commands that read: `status`, `history`, `explain`, `plan` and `report`.
@NullMarked
package dev.credence.cli.show;

import org.jspecify.annotations.NullMarked;
