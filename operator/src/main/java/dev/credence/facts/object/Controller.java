// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

/// The owner reference of an object that says `controller: true`.
public record Controller(String kind, String name, String uid) {
  public boolean isIdentity() {
    return kind.equals("MachineIdentity");
  }
}
