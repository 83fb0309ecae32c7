// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

/// An account name and its password.
public record Login(String username, String password) {

  /// Without the password: a record that is printed by accident tells nothing.
  @Override
  public String toString() {
    return username;
  }
}
