// SPDX-License-Identifier: Apache-2.0
package dev.credence.plan;

/// Something that acts, or proves who acts, and that no identity claims. `why`: what tells that it
/// does. `policy`: the one that asks.
public record Unclaimed(
    Kind kind, String namespace, String name, String uid, String why, String policy) {

  public enum Kind {
    ServiceAccount,
    /// a Secret with a token of a ServiceAccount that never ends
    TokenSecret,
    /// a Secret that looks like a credential
    Secret,
    /// cert-manager's
    Certificate
  }

  /// The kind of the object in the API.
  public String objectKind() {
    return kind == Kind.TokenSecret ? "Secret" : kind.name();
  }

  @Override
  public String toString() {
    return kind + " " + namespace + "/" + name;
  }
}
