// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.io.output.SecureByteArrayOutputStream;

/// Keys as OpenSSH's own tools write them: the private half as openssh-key-v1 without a passphrase
/// (OpenSSH's PROTOCOL.key), the public half as a line of authorized_keys. Neither has a comment.
final class OpenSsh {

  private static final OpenSSHKeyPairResourceWriter WRITER = OpenSSHKeyPairResourceWriter.INSTANCE;

  private OpenSsh() {}

  static byte[] privateKey(KeyPair pair) {
    try (var out = new SecureByteArrayOutputStream()) {
      WRITER.writePrivateKey(pair, "", null, out);
      return out.toByteArray();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("OpenSSH does not know this kind of key", e);
    }
  }

  static byte[] publicKey(PublicKey key) {
    try (var out = new ByteArrayOutputStream()) {
      WRITER.writePublicKey(key, "", out);
      out.write('\n');
      return out.toByteArray();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("OpenSSH does not know this kind of key", e);
    }
  }
}
