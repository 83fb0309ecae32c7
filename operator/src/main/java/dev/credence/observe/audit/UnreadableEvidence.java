// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

/// A ConfigMap that contains no evidence which this version can read. The message names the
/// ConfigMap and the cause.
public final class UnreadableEvidence extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableEvidence(String message) {
    super(message);
  }
}
