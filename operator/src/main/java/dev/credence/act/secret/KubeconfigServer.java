// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.facts.text.Digests;
import java.util.Optional;

/// What generated kubeconfigs say of the API server: its address, and the certificate authorities
/// that prove it, in PEM; empty: those that the operator itself trusts. `systemTrust`: none at all,
/// so that clients use the trust store of their system.
public record KubeconfigServer(String address, Optional<String> authorities, boolean systemTrust) {
  public KubeconfigServer(String address, Optional<String> authorities) {
    this(address, authorities, false);
  }

  /// Tells whether a kubeconfig says the same.
  public String digest() {
    return Digests.of(address + "\t" + authorities.orElse("") + "\t" + systemTrust);
  }
}
