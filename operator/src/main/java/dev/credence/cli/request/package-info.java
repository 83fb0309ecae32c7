// SPDX-License-Identifier: Apache-2.0

/// Commands that write an annotation, or a field of the spec, which the operator acts upon.
@NullMarked
package dev.credence.cli.request;

import org.jspecify.annotations.NullMarked;
