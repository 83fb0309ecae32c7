// SPDX-License-Identifier: Apache-2.0

/// Certificates that are issued, renewed and removed through cert-manager.
@NullMarked
package dev.credence.decide.certificate;

import org.jspecify.annotations.NullMarked;
