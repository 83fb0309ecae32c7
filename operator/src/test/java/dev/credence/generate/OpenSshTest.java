// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OpenSshTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(Algorithm.RSA, Optional.of(2048), "ssh-rsa", "SHA256withRSA"),
        Arguments.of(Algorithm.ECDSA, Optional.empty(), "ecdsa-sha2-nistp256", "SHA256withECDSA"),
        Arguments.of(Algorithm.ECDSA, Optional.of(384), "ecdsa-sha2-nistp384", "SHA384withECDSA"),
        Arguments.of(Algorithm.ECDSA, Optional.of(521), "ecdsa-sha2-nistp521", "SHA512withECDSA"),
        Arguments.of(Algorithm.Ed25519, Optional.empty(), "ssh-ed25519", "Ed25519"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void what_the_private_half_signs_the_public_line_verifies(
      Algorithm algorithm, Optional<Integer> size, String type, String signature)
      throws IOException, GeneralSecurityException {
    Map<String, byte[]> halves = make(algorithm, size, 1);
    assertThat(text(halves, "id.pub")).startsWith(type + " ");
    assertPair(halves, signature);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void both_halves_look_as_ssh_keygen_writes_them(
      Algorithm algorithm, Optional<Integer> size, String type, String signature) {
    Map<String, byte[]> halves = make(algorithm, size, 2);
    List<String> lines = text(halves, "id").lines().toList();
    assertThat(text(halves, "id")).endsWith("\n").doesNotContain("\r");
    assertThat(lines.getFirst()).isEqualTo("-----BEGIN OPENSSH PRIVATE KEY-----");
    assertThat(lines.getLast()).isEqualTo("-----END OPENSSH PRIVATE KEY-----");
    assertThat(lines).allMatch(line -> line.length() <= 70);
    assertThat(text(halves, "id.pub")).matches(type + " AAAA[A-Za-z0-9+/]+={0,2}\n");
  }

  /// A key with leading zeros is where a format goes wrong: many keys of each kind that is quick.
  @Test
  void many_keys_are_read_back() throws IOException, GeneralSecurityException {
    for (int seed = 0; seed < 100; seed++) {
      for (Algorithm algorithm : List.of(Algorithm.Ed25519, Algorithm.ECDSA)) {
        Map<String, byte[]> halves = make(algorithm, Optional.empty(), seed);
        assertPair(halves, algorithm == Algorithm.ECDSA ? "SHA256withECDSA" : "Ed25519");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void ssh_keygen_finds_the_public_half_in_the_private_one(
      Algorithm algorithm,
      Optional<Integer> size,
      String type,
      String signature,
      @TempDir Path folder)
      throws IOException, InterruptedException {
    assumeThat(onPath("ssh-keygen")).as("ssh-keygen is installed").isTrue();
    Map<String, byte[]> halves = make(algorithm, size, 3);
    Path file = folder.resolve("id");
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    Files.write(file, halves.get("id"));
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-y", "-f", file.toString())
            .redirectErrorStream(true)
            .start();
    keygen.getOutputStream().close();
    assertThat(new String(keygen.getInputStream().readAllBytes(), US_ASCII))
        .isEqualTo(text(halves, "id.pub"));
    assertThat(keygen.waitFor()).isZero();
  }

  @Test
  void ml_dsa_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> make(Algorithm.MLDSA, Optional.empty(), 1))
        .withMessage("key id: OpenSSH has no MLDSA keys");
  }

  private static void assertPair(Map<String, byte[]> halves, String signature)
      throws IOException, GeneralSecurityException {
    var parsed = parse(halves.get("id"));
    var line = PublicKeyEntry.parsePublicKeyEntry(text(halves, "id.pub"));
    var publicKey = line.resolvePublicKey(null, Map.of(), null);
    assertThat(parsed.getPublic().getEncoded()).isEqualTo(publicKey.getEncoded());
    Signature signer = Signature.getInstance(signature);
    signer.initSign(parsed.getPrivate());
    signer.update("payments".getBytes(US_ASCII));
    byte[] signed = signer.sign();
    signer.initVerify(publicKey);
    signer.update("payments".getBytes(US_ASCII));
    assertThat(signer.verify(signed)).isTrue();
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static java.security.KeyPair parse(byte[] privateKey)
      throws IOException, GeneralSecurityException {
    return OpenSSHKeyPairResourceParser.INSTANCE
        .loadKeyPairs(
            null,
            NamedResource.ofName("id"),
            FilePasswordProvider.EMPTY,
            new ByteArrayInputStream(privateKey))
        .iterator()
        .next();
  }

  private static String text(Map<String, byte[]> halves, String name) {
    return new String(halves.get(name), US_ASCII);
  }

  private static Map<String, byte[]> make(Algorithm algorithm, Optional<Integer> size, int seed) {
    KeyPair wanted = new KeyPair(algorithm, size, Format.OpenSSH, Optional.of("id.pub"));
    return KeyPairs.make("id", wanted, Seeded.random(seed));
  }
}
