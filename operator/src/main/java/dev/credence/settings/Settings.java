// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import dev.credence.facts.policy.Tier;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything that can be set, from the environment, read once; what each is for is in [Setting].
/// Which cluster is the client's affair: `KUBECONFIG`, or the pod's own ServiceAccount.
public record Settings(
    String namespace,
    Set<String> watchNamespaces,
    String address,
    int port,
    boolean leaderElection,
    LogFormat logFormat,
    String logLevel,
    Duration resyncInterval,
    int identitySeries,
    int problemSeries,
    Set<String> neverSuspend,
    int suspensionLimit,
    Optional<String> apiServer,
    Optional<String> apiServerCa,
    boolean apiServerSystemTrust,
    Set<String> discoveryExclude,
    boolean reports,
    String clusterResourceNamespace,
    boolean risk,
    Set<String> riskExclude,
    Tier tier) {
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern ACCOUNT =
      Pattern.compile(NAMESPACE.pattern() + "(/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?");
  private static final Pattern EXCLUDED =
      Pattern.compile(ACCOUNT.pattern() + "|[*]/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /// Names of roles and bindings may have colons and capitals.
  private static final Pattern BINDING =
      Pattern.compile(
          "(ClusterRoleBinding|RoleBinding/([*]|" + NAMESPACE.pattern() + "))/[^/%,\\s]{1,253}");

  private static final Pattern CERTIFICATES =
      Pattern.compile(
          "(-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*)+");

  private static final Set<String> LEVELS = Set.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
  private static final int HIGHEST_PORT = 65_535;
  private static final int MOST_SUSPENDED = 100_000;
  private static final int MOST_PROBLEMS = 10_000;

  /// The exit code where the settings cannot be read.
  public static final int WRONG = 2;

  public Settings {
    if (apiServerSystemTrust && apiServerCa.isPresent()) {
      throw new IllegalArgumentException(
          "CREDENCE_API_SERVER_CA and CREDENCE_API_SERVER_SYSTEM_TRUST exclude each other: unset one of them");
    }
    watchNamespaces = Set.copyOf(watchNamespaces);
    neverSuspend = Set.copyOf(neverSuspend);
    discoveryExclude = Set.copyOf(discoveryExclude);
    riskExclude = Set.copyOf(riskExclude);
  }

  public enum LogFormat {
    text,
    json
  }

  /// Reads the environment; empty, with a message, where a variable cannot be read.
  public static Optional<Settings> read() {
    try {
      return Optional.of(of(System.getenv()));
    } catch (IllegalArgumentException wrong) {
      System.err.println("credence: " + wrong.getMessage());
      return Optional.empty();
    }
  }

  /// Throws IllegalArgumentException with a sentence that names the variable.
  public static Settings of(Map<String, String> environment) {
    return new Settings(
        read(environment, Setting.Namespace, Settings::name),
        read(environment, Setting.WatchNamespaces, Settings::names),
        read(environment, Setting.Address, Settings::present),
        read(environment, Setting.Port, Settings::port),
        read(environment, Setting.LeaderElection, Settings::truth),
        read(environment, Setting.LogFormat, LogFormat::valueOf),
        read(environment, Setting.LogLevel, Settings::level),
        read(environment, Setting.ResyncInterval, Settings::sweep),
        read(environment, Setting.IdentitySeries, Settings::count),
        read(environment, Setting.ProblemSeries, Settings::problems),
        read(environment, Setting.NeverSuspend, Settings::accounts),
        read(environment, Setting.SuspensionLimit, Settings::limit),
        read(environment, Setting.ApiServer, Settings::https),
        read(environment, Setting.ApiServerCa, Settings::certificates),
        read(environment, Setting.ApiServerSystemTrust, Settings::truth),
        read(environment, Setting.DiscoveryExclude, Settings::discoveryExclude),
        read(environment, Setting.Reports, Settings::truth),
        read(environment, Setting.ClusterResourceNamespace, Settings::name),
        read(environment, Setting.Risk, Settings::truth),
        read(environment, Setting.RiskExclude, Settings::bindings),
        read(environment, Setting.Tier, Tier::valueOf));
  }

  private static <T> T read(
      Map<String, String> environment, Setting setting, Function<String, T> reader) {
    var text = environment.getOrDefault(setting.variable(), setting.otherwise()).strip();
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          setting.variable() + " is '" + text + "' and must be " + setting.wanted(), unreadable);
    }
  }

  private static Optional<String> certificates(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(matching(CERTIFICATES, text) + "\n");
  }

  private static String name(String text) {
    if (!NAMESPACE.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Set<String> accounts(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .map(Settings::account)
        .collect(Collectors.toSet());
  }

  private static Set<String> discoveryExclude(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .map(entry -> matching(EXCLUDED, entry))
        .collect(Collectors.toSet());
  }

  private static Set<String> bindings(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .map(entry -> matching(BINDING, entry))
        .collect(Collectors.toSet());
  }

  private static String account(String text) {
    return matching(ACCOUNT, text);
  }

  private static String matching(Pattern form, String text) {
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Set<String> names(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .map(Settings::name)
        .collect(Collectors.toSet());
  }

  private static String present(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static int count(String text) {
    var count = Integer.parseInt(text);
    if (count < 0) {
      throw new IllegalArgumentException(text);
    }
    return count;
  }

  private static int problems(String text) {
    var series = count(text);
    if (series > MOST_PROBLEMS) {
      throw new IllegalArgumentException(text);
    }
    return series;
  }

  private static int limit(String text) {
    var accounts = Integer.parseInt(text);
    if (accounts < 1 || accounts > MOST_SUSPENDED) {
      throw new IllegalArgumentException(text);
    }
    return accounts;
  }

  private static int port(String text) {
    var port = Integer.parseInt(text);
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException(text);
    }
    return port;
  }

  private static Optional<String> https(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var address = URI.create(text);
    if (!"https".equals(address.getScheme()) || address.getHost() == null) {
      throw new IllegalArgumentException(text);
    }
    return Optional.of(text);
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
