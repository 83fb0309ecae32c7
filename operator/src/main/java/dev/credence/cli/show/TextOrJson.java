// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

/// The formats of a command that prints for people and for scripts.
enum TextOrJson {
  text,
  json
}
