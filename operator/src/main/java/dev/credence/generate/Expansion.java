// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.facts.credential.Templates.Filter;
import dev.credence.facts.credential.Templates.Layout;
import dev.credence.facts.credential.Templates.Piece;
import dev.credence.facts.credential.Templates.Reference;
import dev.credence.facts.credential.Templates.Text;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Templates with the values in place. A value is inserted as it is, or encoded by the filter that
/// the template names: braces in it mean nothing.
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
            "template %s: the rendered templates of this Secret exceed %d KiB with it"
                .formatted(template.key(), LIMIT / 1024));
      }
      values.put(template.key(), joined(parts, (int) length));
    }
  }

  private static byte[] bytes(Piece piece, Map<String, byte[]> values) {
    return switch (piece) {
      case Text(String text) -> text.getBytes(UTF_8);
      case Reference(String name, Filter filter) -> {
        byte[] value = Objects.requireNonNull(values.get(name), name);
        yield switch (filter) {
          case none -> value;
          case url -> percentEncoded(value);
          case json -> escaped(value);
          case base64 -> Base64.getEncoder().encode(value);
        };
      }
    };
  }

  /// Inside the quotes of a JSON string. Bytes above 127 are parts of UTF-8 and stay.
  private static byte[] escaped(byte[] value) {
    ByteBuffer encoded = ByteBuffer.allocate(6 * value.length);
    for (byte part : value) {
      if (part == '"' || part == '\\') {
        encoded.put((byte) '\\').put(part);
      } else if (part >= 0 && part < ' ') {
        encoded.put("\\u00".getBytes(UTF_8)).put(HEX[part >> 4]).put(HEX[part & 0xf]);
      } else {
        encoded.put(part);
      }
    }
    return Arrays.copyOf(encoded.array(), encoded.position());
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
