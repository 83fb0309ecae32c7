// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.facts.credential.Templates.Layout;
import dev.credence.facts.credential.Templates.Piece;
import dev.credence.facts.credential.Templates.Reference;
import dev.credence.facts.credential.Templates.Text;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Templates with the values in place. A value is put in as it is, or percent-encoded where the
/// template says `|url`: braces in it mean nothing.
///
/// Templates that refer to templates can double at each step, so the lengths are added up before
/// anything is copied.
final class Expansion {

  /// The most that all templates of one Secret come to, in bytes.
  static final int LIMIT = 256 * 1024;

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(UTF_8);

  private Expansion() {}

  /// Adds the templates' values to those they refer to. Each template comes after those it needs.
  static void into(Map<String, byte[]> values, List<Layout> templates) {
    long total = 0;
    for (Layout template : templates) {
      List<byte[]> parts = template.pieces().stream().map(piece -> bytes(piece, values)).toList();
      long length = parts.stream().mapToLong(part -> part.length).sum();
      total += length;
      if (total > LIMIT) {
        throw new IllegalArgumentException(
            "template %s: with it the templates of this Secret come to more than %d KiB"
                .formatted(template.key(), LIMIT / 1024));
      }
      values.put(template.key(), joined(parts, (int) length));
    }
  }

  private static byte[] bytes(Piece piece, Map<String, byte[]> values) {
    return switch (piece) {
      case Text(String text) -> text.getBytes(UTF_8);
      case Reference(String name, boolean url) -> {
        byte[] value = Objects.requireNonNull(values.get(name), name);
        yield url ? percentEncoded(value) : value;
      }
    };
  }

  /// All but the unreserved characters of RFC 3986.
  private static byte[] percentEncoded(byte[] value) {
    ByteBuffer encoded = ByteBuffer.allocate(3 * value.length);
    for (byte part : value) {
      if (UNRESERVED.indexOf(part) >= 0) {
        encoded.put(part);
      } else {
        encoded.put((byte) '%').put(HEX[(part >> 4) & 0xf]).put(HEX[part & 0xf]);
      }
    }
    return Arrays.copyOf(encoded.array(), encoded.position());
  }

  private static byte[] joined(List<byte[]> parts, int length) {
    ByteBuffer whole = ByteBuffer.allocate(length);
    parts.forEach(whole::put);
    return whole.array();
  }
}
