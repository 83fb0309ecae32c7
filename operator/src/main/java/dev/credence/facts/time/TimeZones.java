// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The time zones of the IANA database, by name: all of them and nothing else, as Kubernetes reads
/// the `timeZone` of a CronJob.
///
/// Java's own reader knows other names (`GMT+2`, which is the opposite of `Etc/GMT+2`, `UTC+25`,
/// `Z`, `SystemV/…`) and leaves out some of the database.
public final class TimeZones {
  private static final Map<String, ZoneId> BY_NAME = byName();

  private static Map<String, ZoneId> byName() {
    var zones = new HashMap<String, ZoneId>();
    ZoneId.getAvailableZoneIds().stream()
        .filter(name -> !name.startsWith("SystemV/"))
        .forEach(name -> zones.put(name, ZoneId.of(name)));
    zones.putIfAbsent("EST", ZoneOffset.ofHours(-5));
    zones.putIfAbsent("MST", ZoneOffset.ofHours(-7));
    zones.putIfAbsent("HST", ZoneOffset.ofHours(-10));
    zones.putIfAbsent("GMT+0", ZoneOffset.UTC);
    zones.putIfAbsent("GMT-0", ZoneOffset.UTC);
    zones.putIfAbsent("Factory", ZoneOffset.UTC);
    zones.putIfAbsent("ROC", ZoneId.of("Asia/Taipei"));
    return Map.copyOf(zones);
  }

  public static Optional<ZoneId> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  private TimeZones() {}
}
