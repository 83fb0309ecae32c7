// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The labels and annotations of a Secret that Credence wrote by [SecretMetadata], as they are now,
/// by their keys.
public record StoredMetadata(Map<String, Field> labels, Map<String, Field> annotations) {
  public static final StoredMetadata NONE = new StoredMetadata(Map.of(), Map.of());

  public StoredMetadata {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  public boolean isEmpty() {
    return labels.isEmpty() && annotations.isEmpty();
  }

  /// `value`: empty where it was removed; `written`: a digest of the value that Credence wrote;
  /// `ours`: only Credence has written the field; `othersAt`: when another manager last wrote it.
  public record Field(
      Optional<String> value, String written, boolean ours, Optional<Instant> othersAt) {

    /// Whether Credence wrote this value, and the API server kept another one: an admission webhook
    /// changes it in each request.
    public boolean isChangedOnWrite(String wanted) {
      return ours && written.equals(Digests.of(wanted));
    }
  }
}
