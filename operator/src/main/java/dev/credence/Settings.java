package dev.credence;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything that can be set, from the environment, read once. Which cluster is the client's
/// affair: `KUBECONFIG`, or the pod's own ServiceAccount.
///
/// - `namespace`: `CREDENCE_NAMESPACE`, where the operator's Lease is; credence-system
/// - `watchNamespaces`: `CREDENCE_WATCH_NAMESPACES`, comma-separated; empty: all
/// - `address`: `CREDENCE_ADDRESS`, where metrics and health are served; 127.0.0.1 (the chart:
/// 0.0.0.0)
/// - `port`: `CREDENCE_PORT`, of metrics and health; 8080
/// - `leaderElection`: `CREDENCE_LEADER_ELECTION`, whether replicas agree on one that acts; true
/// - `logFormat`: `CREDENCE_LOG_FORMAT`, text or json; text
/// - `logLevel`: `CREDENCE_LOG_LEVEL`, ERROR, WARN, INFO, DEBUG or TRACE; INFO
/// - `sweepEvery`: `CREDENCE_SWEEP_EVERY`, how often everything is looked at again; 10m
/// - `identitySeries`: `CREDENCE_IDENTITY_SERIES`, for how many identities there are metrics of
/// their own; 0
public record Settings(
    String namespace,
    Set<String> watchNamespaces,
    String address,
    int port,
    boolean leaderElection,
    LogFormat logFormat,
    String logLevel,
    Duration sweepEvery,
    int identitySeries) {
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");
  private static final Set<String> LEVELS = Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
  private static final int HIGHEST_PORT = 65_535;

  public Settings {
    watchNamespaces = Set.copyOf(watchNamespaces);
  }

  public enum LogFormat {
    text,
    json
  }

  /// Throws IllegalArgumentException with a sentence that names the variable.
  public static Settings of(Map<String, String> environment) {
    return new Settings(
        environment.getOrDefault("CREDENCE_NAMESPACE", "credence-system"),
        names(environment.getOrDefault("CREDENCE_WATCH_NAMESPACES", "")),
        environment.getOrDefault("CREDENCE_ADDRESS", "127.0.0.1"),
        read(environment, "CREDENCE_PORT", "8080", "a port from 0 to 65535", Settings::port),
        read(environment, "CREDENCE_LEADER_ELECTION", "true", "true or false", Settings::truth),
        read(environment, "CREDENCE_LOG_FORMAT", "text", "text or json", LogFormat::valueOf),
        read(
            environment,
            "CREDENCE_LOG_LEVEL",
            "INFO",
            "ERROR, WARN, INFO, DEBUG or TRACE",
            Settings::level),
        read(
            environment,
            "CREDENCE_SWEEP_EVERY",
            "10m",
            "a duration of at least 1s like 10m",
            Settings::sweep),
        read(
            environment,
            "CREDENCE_IDENTITY_SERIES",
            "0",
            "a number of identities, 0 for none",
            Integer::parseUnsignedInt));
  }

  private static <T> T read(
      Map<String, String> environment,
      String variable,
      String otherwise,
      String wanted,
      Function<String, T> reader) {
    var text = environment.getOrDefault(variable, otherwise).strip();
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          variable + " is '" + text + "' and must be " + wanted, unreadable);
    }
  }

  private static Set<String> names(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  private static int port(String text) {
    var port = Integer.parseInt(text);
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException(text);
    }
    return port;
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static String level(String text) {
    if (!LEVELS.contains(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Duration sweep(String text) {
    var parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(text);
    }
    var every =
        Duration.ofHours(number(parts.group(1)))
            .plusMinutes(number(parts.group(2)))
            .plusSeconds(number(parts.group(3)));
    if (every.isZero()) {
      throw new IllegalArgumentException(text);
    }
    return every;
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
