// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What somebody logs in with. Prints as the name alone.
public record Login(String username, String password) {

  /// Absent where there is no such Secret yet.
  public static Optional<Login> of(@Nullable Secret secret) {
    return Optional.ofNullable(secret)
        .map(Secret::getData)
        .map(data -> new Login(text(data.get("username")), text(data.get("password"))));
  }

  /// The same of a Secret that is mounted as files.
  static Optional<Login> of(Map<String, String> files) {
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new Login(files.get("username"), files.get("password")));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return username;
  }
}
