// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import dev.credence.facts.time.WrittenDuration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The settings of a running operator that its decisions depend on, as a text with one
/// `VARIABLE=value` for each line. The leader publishes it on its Lease, and `credence explain`
/// decides by it. Contains no secrets.
public final class EffectiveSettings {
  /// The Lease of the operator, in its own namespace.
  public static final String LEASE = "credence";

  private static final String VERSION = "version";
  private static final Pattern VERSION_FORM = Pattern.compile("[0-9A-Za-z.+_-]{1,64}");

  private static final List<Setting> PUBLISHED =
      List.of(
          Setting.Tier,
          Setting.WatchNamespaces,
          Setting.ResyncInterval,
          Setting.NeverSuspend,
          Setting.SuspensionLimit,
          Setting.ClusterResourceNamespace,
          Setting.Risk,
          Setting.RiskExclude);

  public static String text(Settings settings, String version) {
    return Stream.concat(
            Stream.of(VERSION + "=" + version),
            PUBLISHED.stream().map(setting -> setting.variable() + "=" + value(setting, settings)))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// `environment` has the settings that are not published. A published setting that is missing in
  /// the text has its default. Throws IllegalArgumentException where a value cannot be read.
  public static Settings settings(String text, Map<String, String> environment) {
    var all = new HashMap<>(environment);
    var lines = lines(text);
    for (var setting : PUBLISHED) {
      all.put(setting.variable(), lines.getOrDefault(setting.variable(), setting.otherwise()));
    }
    return Settings.of(all);
  }

  /// Empty where the text does not contain one, or something else than a version.
  public static Optional<String> version(String text) {
    return Optional.ofNullable(lines(text).get(VERSION))
        .filter(version -> VERSION_FORM.matcher(version).matches());
  }

  private static Map<String, String> lines(String text) {
    return text.lines()
        .filter(line -> line.indexOf('=') > 0)
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1),
                (first, second) -> first));
  }

  private static String value(Setting setting, Settings settings) {
    return switch (setting) {
      case Tier -> settings.tier().name();
      case WatchNamespaces -> joined(settings.watchNamespaces());
      case ResyncInterval -> WrittenDuration.text(settings.resyncInterval());
      case NeverSuspend -> joined(settings.neverSuspend());
      case SuspensionLimit -> String.valueOf(settings.suspensionLimit());
      case ClusterResourceNamespace -> settings.clusterResourceNamespace();
      case Risk -> String.valueOf(settings.risk());
      case RiskExclude -> joined(settings.riskExclude());
      default -> throw new IllegalArgumentException(setting + " is not published");
    };
  }

  /// In the same order always, so that the same settings are the same text.
  private static String joined(Collection<String> names) {
    return names.stream().sorted().collect(Collectors.joining(","));
  }

  private EffectiveSettings() {}
}
