// SPDX-License-Identifier: Apache-2.0

/// Certificates, issuers and the Secrets that cert-manager writes.
@NullMarked
package dev.credence.observe.certmanager;

import org.jspecify.annotations.NullMarked;
