// SPDX-License-Identifier: Apache-2.0

/// Reports: tables, JSON, CSV, SARIF, HTML.
@NullMarked
package dev.credence.report;

import org.jspecify.annotations.NullMarked;
