// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The data of a Secret, as it is sent (Base64) and as it is meant (bytes), and which of it is the
/// value before the current one: the keys `<key>.previous` among those that Credence wrote.
final class Data {

  /// A copy, to be changed.
  static Map<String, String> of(Secret secret) {
    return new HashMap<>(Objects.requireNonNullElse(secret.getData(), Map.of()));
  }

  /// Without the values before the current one. `own`: the keys that Credence wrote.
  static Map<String, String> withoutPrevious(Secret secret, Set<String> own) {
    var data = of(secret);
    data.keySet().removeIf(key -> isPrevious(key) && own.contains(key));
    return data;
  }

  /// Every value that has one before it in the place of that, and the other way round.
  static Map<String, String> swapped(Secret secret, Set<String> own) {
    var data = of(secret);
    of(secret)
        .forEach(
            (key, before) -> {
              var isOurs = isPrevious(key) && own.contains(key);
              var now = isOurs ? of(secret).get(current(key)) : null;
              if (now != null) {
                data.put(key, now);
                data.put(current(key), before);
              }
            });
    return data;
  }

  static boolean isPrevious(String key) {
    return key.endsWith(Api.PREVIOUS);
  }

  private static String current(String previous) {
    return previous.substring(0, previous.length() - Api.PREVIOUS.length());
  }

  static Map<String, byte[]> decoded(Secret secret) {
    var values = new HashMap<String, byte[]>();
    of(secret).forEach((key, value) -> values.put(key, Base64.getDecoder().decode(value)));
    return values;
  }

  static Map<String, String> encoded(Map<String, byte[]> values) {
    var data = new HashMap<String, String>();
    values.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value)));
    return data;
  }

  private Data() {}
}
