// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.List;
import java.util.Optional;

/// The generator of a value. Its bounds are those of the schema (`api/`); they are not checked
/// again here.
public sealed interface Generator {

  /// Fixed text, the same in every version.
  record Fixed(String text) implements Generator {}

  /// `length` characters, drawn evenly among all passwords with at least one character of each
  /// class.
  record Password(int length, Characters characters) implements Generator {}

  /// `length` random bytes (before encoding).
  record RandomBytes(int length, Encoding encoding) implements Generator {}

  /// A random UUID (RFC 9562, version 4).
  record Uuid() implements Generator {}

  /// The next text of the list with each version: version 1 takes the first.
  record Cycle(List<String> values) implements Generator {
    public Cycle {
      values = List.copyOf(values);
    }
  }

  /// A private key, and its public half under the key `publicKey` where that is given.
  /// `size`: RSA in bits (2048 to 4096), ECDSA 256, 384 or 521 (the NIST curve), MLDSA 44, 65 or 87
  /// (the parameter set of FIPS 204). Empty: 3072, 256, 65. Ed25519 has one size.
  record KeyPair(
      Algorithm algorithm, Optional<Integer> size, Format format, Optional<String> publicKey)
      implements Generator {}

  /// Other keys of the Secret in braces; `{{` is a brace and `}}` is the other.
  record Template(String text) implements Generator {}

  /// A value that another system issues, and that the hook `issue` writes. `id`: it names the
  /// credential in that system.
  record Issued(boolean id) implements Generator {}

  /// A generator of a newer version of the schema, which this one does not know: nothing is made
  /// with it.
  record Unknown() implements Generator {}

  enum Characters {
    /// 0-9
    Digits,
    /// a-z and A-Z, both in it
    Letters,
    /// a-z, A-Z and 0-9, all three in it
    AlphaNumeric,
    /// a-z, A-Z, 0-9 and punctuation, all four in it
    Symbols
  }

  enum Encoding {
    Hex,
    Base64,
    Base64Url,
    Raw
  }

  enum Algorithm {
    RSA,
    ECDSA,
    Ed25519,
    MLDSA
  }

  enum Format {
    /// PEM of PKCS#8 (RFC 5958), the public half as SubjectPublicKeyInfo
    PKCS8,
    /// openssh-key-v1, the public half as a line of authorized_keys
    OpenSSH
  }
}
