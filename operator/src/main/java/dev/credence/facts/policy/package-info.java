// SPDX-License-Identifier: Apache-2.0

/// A CredentialPolicy, section by section.
@NullMarked
package dev.credence.facts.policy;

import org.jspecify.annotations.NullMarked;
