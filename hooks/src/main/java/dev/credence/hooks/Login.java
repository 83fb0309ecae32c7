// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// An account name and its password.
public record Login(String username, String password) {

  /// As the scheme `Basic` of HTTP sends it (RFC 7617).
  public String basic() {
    return Base64.getEncoder()
        .encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /// Without the password: a record that is printed by accident tells nothing.
  @Override
  public String toString() {
    return username;
  }
}
