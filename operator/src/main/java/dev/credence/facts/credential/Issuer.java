// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.time.Instant;
import java.util.Optional;

/// An issuer of certificates, as far as it is known: the kinds of cert-manager.
public sealed interface Issuer {
  String GROUP = "cert-manager.io";

  /// `group` and `kind` as cert-manager has them where they are left out.
  record Ref(String group, String kind, String name) {
    @Override
    public String toString() {
      return kind + (group.equals(GROUP) ? "" : "." + group) + " " + name;
    }
  }

  record Absent() implements Issuer {}

  /// `complaint`: its own words where it is not ready. `authority`: what it signs with, where
  /// cert-manager made that too.
  record Found(Optional<String> complaint, Optional<Authority> authority) implements Issuer {}

  /// The Certificate of a CA, and since when its current certificate is valid.
  record Authority(String certificate, Instant since) {}
}
