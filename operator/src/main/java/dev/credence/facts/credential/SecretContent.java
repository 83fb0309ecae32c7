// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

/// The content of a Secret that Credence writes.
public sealed interface SecretContent permits GeneratedContent, TokenRecipe {

  /// Tells whether a value was made by this. It stays the same when the program changes, so that an
  /// upgrade does not rotate every Secret of a fleet.
  String digest();

  /// What has changed in it since a value was made by the one of this digest.
  Change since(String made);

  enum Change {
    Nothing,
    /// fixed texts and templates alone: the secret values stay
    Texts,
    /// how a secret value is made: there is to be a new one
    Generators
  }
}
