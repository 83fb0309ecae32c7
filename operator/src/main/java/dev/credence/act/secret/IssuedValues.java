// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.act.request.WriteRefused;
import dev.credence.plan.Action;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// Checks what a hook wrote before consumers can read it. A message names the key and never the
/// value.
final class IssuedValues {
  /// As the admission policy issued.credence.dev.
  private static final int LONGEST = 16 * 1024;

  private static final int LONGEST_ID = 1024;

  private static final String NEXT_STEP =
      " Fix the hook, then set the annotation credence.dev/abort to a new value: the operator revokes this value. Then request a rotation.";

  static void check(Action.Promote promote, Map<String, byte[]> values) {
    for (var key : promote.generatorSpec().issued()) {
      var value = values.get(key);
      if (value == null || value.length == 0) {
        throw refused(promote, "The hook issue did not write key " + key + ".");
      }
      if (value.length > LONGEST) {
        throw refused(
            promote, "The hook issue wrote more than " + LONGEST + " bytes into key " + key + ".");
      }
    }
    for (var key : promote.generatorSpec().ids()) {
      var value = values.getOrDefault(key, new byte[0]);
      if (value.length > LONGEST_ID || !isLine(value)) {
        throw refused(
            promote,
            "The hook issue wrote no id into key "
                + key
                + ": an id is one line of at most "
                + LONGEST_ID
                + " characters.");
      }
    }
  }

  /// The hook `revoke` would end the current credential under the id of the one before.
  static void checkNew(
      Action.Promote promote, Map<String, byte[]> values, Map<String, byte[]> current) {
    var ids = promote.generatorSpec().ids();
    if (!ids.isEmpty()
        && ids.stream().allMatch(key -> Arrays.equals(values.get(key), current.get(key)))) {
      throw refused(
          promote,
          "The hook issue wrote the id of the current value into "
              + String.join(", ", ids)
              + ", so that its revocation would end the new value too.");
    }
  }

  private static boolean isLine(byte[] value) {
    return new String(value, StandardCharsets.UTF_8)
        .chars()
        .allMatch(character -> character > ' ' && character < 0x7f);
  }

  private static WriteRefused refused(Action.Promote promote, String what) {
    return WriteRefused.of(promote.subject(), what + NEXT_STEP);
  }

  private IssuedValues() {}
}
