// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPairsTest {

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, RSA, SHA256withRSA",
    "ECDSA, 256, EC, SHA256withECDSA",
    "ECDSA, 384, EC, SHA384withECDSA",
    "ECDSA, 521, EC, SHA512withECDSA",
    "MLDSA, 44, ML-DSA-44, ML-DSA",
    "MLDSA, 65, ML-DSA-65, ML-DSA",
    "MLDSA, 87, ML-DSA-87, ML-DSA"
  })
  void what_one_half_signs_the_other_verifies(
      Algorithm algorithm, int size, String kind, String signature)
      throws GeneralSecurityException {
    assertPair(make(algorithm, Optional.of(size)), kind, signature);
  }

  @Test
  void ed25519_needs_no_size() throws GeneralSecurityException {
    assertPair(make(Algorithm.Ed25519, Optional.empty()), "Ed25519", "Ed25519");
  }

  @Test
  void without_a_size_it_is_rsa_3072_the_curve_p_256_and_ml_dsa_65()
      throws GeneralSecurityException {
    assertThat(publicKey(make(Algorithm.RSA, Optional.empty()), "RSA"))
        .isInstanceOfSatisfying(
            RSAPublicKey.class, key -> assertThat(key.getModulus().bitLength()).isEqualTo(3072));
    assertThat(publicKey(make(Algorithm.ECDSA, Optional.empty()), "EC"))
        .isInstanceOfSatisfying(
            ECPublicKey.class,
            key -> assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256));
    assertThat(publicKey(make(Algorithm.MLDSA, Optional.empty()), "ML-DSA-65")).isNotNull();
  }

  /// RFC 9881: version 0, the algorithm with no parameters, then the expanded key as OCTET STRING.
  @ParameterizedTest
  @CsvSource({"44, 2560", "65, 4032", "87, 4896"})
  void an_ml_dsa_key_is_in_the_expanded_form_of_its_rfc(int size, int expandedBytes) {
    byte[] der = der(make(Algorithm.MLDSA, Optional.of(size)).get("id"), "PRIVATE KEY");
    byte[] tail = new byte[] {0x04, (byte) 0x82, (byte) (expandedBytes >> 8), (byte) expandedBytes};
    int start = der.length - expandedBytes - tail.length;
    assertThat(Arrays.copyOfRange(der, start, start + tail.length)).isEqualTo(tail);
  }

  @Test
  void pem_has_lines_of_64_characters_and_ends_with_a_newline() {
    String pem = new String(make(Algorithm.RSA, Optional.of(2048)).get("id"), US_ASCII);
    assertThat(pem).endsWith("-----END PRIVATE KEY-----\n").doesNotContain("\r");
    List<String> lines = pem.lines().toList();
    assertThat(lines.getFirst()).isEqualTo("-----BEGIN PRIVATE KEY-----");
    assertThat(lines.subList(1, lines.size() - 2)).allMatch(line -> line.length() == 64);
    assertThat(lines.get(lines.size() - 2)).matches("[A-Za-z0-9+/=]{1,64}");
  }

  @Test
  void the_public_half_is_kept_only_where_it_has_a_name() {
    KeyPair nameless =
        new KeyPair(Algorithm.Ed25519, Optional.empty(), Format.PKCS8, Optional.empty());
    assertThat(KeyPairs.make("id", nameless, Seeded.random(1))).containsOnlyKeys("id");
    assertThat(make(Algorithm.Ed25519, Optional.empty())).containsOnlyKeys("id", "id.pub");
  }

  @Test
  void every_draw_is_another_key_and_the_random_source_alone_decides() {
    KeyPair wanted =
        new KeyPair(Algorithm.Ed25519, Optional.empty(), Format.PKCS8, Optional.empty());
    var random = Seeded.random(1);
    byte[] first = KeyPairs.make("id", wanted, random).get("id");
    assertThat(KeyPairs.make("id", wanted, random).get("id")).isNotEqualTo(first);
    assertThat(KeyPairs.make("id", wanted, Seeded.random(1)).get("id")).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"ECDSA, 224", "MLDSA, 128", "RSA, 64"})
  void a_size_that_does_not_exist_is_refused(Algorithm algorithm, int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> make(algorithm, Optional.of(size)))
        .withMessage("key id: %s keys of size %d do not exist", algorithm, size);
  }

  private static void assertPair(Map<String, byte[]> halves, String kind, String signature)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(signature);
    signer.initSign(privateKey(halves, kind));
    signer.update("payments".getBytes(US_ASCII));
    byte[] signed = signer.sign();
    signer.initVerify(publicKey(halves, kind));
    signer.update("payments".getBytes(US_ASCII));
    assertThat(signer.verify(signed)).isTrue();
  }

  private static PrivateKey privateKey(Map<String, byte[]> halves, String kind)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(kind)
        .generatePrivate(new PKCS8EncodedKeySpec(der(halves.get("id"), "PRIVATE KEY")));
  }

  private static PublicKey publicKey(Map<String, byte[]> halves, String kind)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(kind)
        .generatePublic(new X509EncodedKeySpec(der(halves.get("id.pub"), "PUBLIC KEY")));
  }

  private static byte[] der(byte[] pem, String label) {
    String text = new String(pem, US_ASCII);
    String begin = "-----BEGIN " + label + "-----\n";
    String end = "-----END " + label + "-----\n";
    assertThat(text).startsWith(begin).endsWith(end);
    return Base64.getMimeDecoder()
        .decode(text.substring(begin.length(), text.length() - end.length()));
  }

  private static Map<String, byte[]> make(Algorithm algorithm, Optional<Integer> size) {
    KeyPair wanted = new KeyPair(algorithm, size, Format.PKCS8, Optional.of("id.pub"));
    return KeyPairs.make("id", wanted, Seeded.random(7));
  }
}
