// SPDX-License-Identifier: Apache-2.0

/// The status of identities and policies: from a decision to the object, and one write.
@NullMarked
package dev.credence.controller.status;

import org.jspecify.annotations.NullMarked;
