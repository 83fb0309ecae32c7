// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;

/// Keys as PEM (RFC 7468: base64 in lines of 64 characters): the private half as PKCS#8, the public
/// half as SubjectPublicKeyInfo.
final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  static byte[] privateKey(PrivateKey key) {
    byte[] der = key.getEncoded();
    byte[] base64 = LINES.encode(der);
    byte[] pem = framed("PRIVATE KEY", base64);
    Arrays.fill(der, (byte) 0);
    Arrays.fill(base64, (byte) 0);
    return pem;
  }

  static byte[] publicKey(PublicKey key) {
    return framed("PUBLIC KEY", LINES.encode(key.getEncoded()));
  }

  private static byte[] framed(String label, byte[] base64) {
    byte[] begin = "-----BEGIN %s-----\n".formatted(label).getBytes(US_ASCII);
    byte[] end = "\n-----END %s-----\n".formatted(label).getBytes(US_ASCII);
    return ByteBuffer.allocate(begin.length + base64.length + end.length)
        .put(begin)
        .put(base64)
        .put(end)
        .array();
  }
}
