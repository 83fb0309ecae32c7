// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Map;
import java.util.TreeMap;

/// A key pair, made by the JDK: the private half under one name, the public half under another
/// where one is asked for.
final class KeyPairs {

  private KeyPairs() {}

  static Map<String, byte[]> make(String name, KeyPair wanted, SecureRandom random) {
    if (wanted.algorithm() == Algorithm.MLDSA && wanted.format() == Format.OpenSSH) {
      throw new IllegalArgumentException("key %s: OpenSSH has no MLDSA keys".formatted(name));
    }
    java.security.KeyPair pair = draw(name, wanted, random);
    Map<String, byte[]> halves = new TreeMap<>();
    switch (wanted.format()) {
      case PKCS8 -> {
        halves.put(name, Pem.privateKey(pair.getPrivate()));
        wanted.publicKey().ifPresent(other -> halves.put(other, Pem.publicKey(pair.getPublic())));
      }
      case OpenSSH -> {
        halves.put(name, OpenSsh.privateKey(pair));
        wanted
            .publicKey()
            .ifPresent(other -> halves.put(other, OpenSsh.publicKey(pair.getPublic())));
      }
    }
    return halves;
  }

  private static java.security.KeyPair draw(String name, KeyPair wanted, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(standardName(wanted.algorithm()));
      generator.initialize(parameters(wanted), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key %s: %s keys%s do not exist"
              .formatted(
                  name, wanted.algorithm(), wanted.size().map(" of size %d"::formatted).orElse("")),
          e);
    }
  }

  /// The name in the JDK's list of standard algorithm names.
  private static String standardName(Algorithm algorithm) {
    return switch (algorithm) {
      case RSA -> "RSA";
      case ECDSA -> "EC";
      case Ed25519 -> "Ed25519";
      case MLDSA -> "ML-DSA";
    };
  }

  private static AlgorithmParameterSpec parameters(KeyPair wanted) {
    return switch (wanted.algorithm()) {
      case RSA -> new RSAKeyGenParameterSpec(wanted.size().orElse(3072), RSAKeyGenParameterSpec.F4);
      case ECDSA -> new ECGenParameterSpec("secp%dr1".formatted(wanted.size().orElse(256)));
      case Ed25519 -> NamedParameterSpec.ED25519;
      case MLDSA -> new NamedParameterSpec("ML-DSA-%d".formatted(wanted.size().orElse(65)));
    };
  }
}
