// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the receiver.
public final class ListenOptions {
  /// Where the address has none.
  public static final String EVERYWHERE = "0.0.0.0:8443";

  private static final int MIB = 1 << 20;
  private static final int MOST_MIB = 512;
  private static final int HIGHEST_PORT = 65_535;
  private static final Pattern ADDRESS = Pattern.compile("(?:(\\S+):)?(\\d{1,5})");
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "With --listen: the certificate of the receiver and its chain, in PEM. Read again when it changes.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "With --listen: the private key of the certificate, in PEM.")
  private @Nullable Path key;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description =
          "With --listen: accept clients with a certificate of these authorities, in PEM. They must issue certificates only to senders of audit events.")
  private @Nullable Path clientCa;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "With --listen: accept clients with the bearer token in this file, of at least 16 characters.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--body-limit",
      paramLabel = "MIB",
      defaultValue = "4",
      description =
          "With --listen: the largest body of a request, also after decompression, in MiB. Default: ${DEFAULT-VALUE}.")
  private int bodyMib = 4;

  @Option(
      names = "--pending-limit",
      paramLabel = "MIB",
      defaultValue = "16",
      description =
          "With --listen: all bodies that are received at the same time, in MiB. At the limit, the receiver answers 429. Default: ${DEFAULT-VALUE}.")
  private int pendingMib = 16;

  @Option(
      names = "--write-interval",
      paramLabel = "TIME",
      defaultValue = "5m",
      description =
          "With --listen: write the evidence to the cluster so often, if it changed. Default: ${DEFAULT-VALUE}.")
  private String writeInterval = "5m";

  /// What was asked for. Throws IllegalArgumentException with a message for people.
  public record Listen(
      InetSocketAddress address,
      Path certificate,
      Path key,
      Optional<Path> clientCa,
      Optional<Path> tokenFile,
      int bodyLimit,
      int pendingLimit,
      Duration writeInterval) {}

  /// `interval`: reads a duration.
  public Listen read(String address, Function<String, Duration> interval) {
    if (certificate == null || key == null) {
      throw new IllegalArgumentException("--listen requires --tls-cert and --tls-key");
    }
    if (clientCa == null && tokenFile == null) {
      throw new IllegalArgumentException(
          "--listen requires --client-ca, --token-file or both: without one, anybody could send events");
    }
    if (bodyMib < 1 || pendingMib < bodyMib || pendingMib > MOST_MIB) {
      throw new IllegalArgumentException(
          "--body-limit must be at least 1, and --pending-limit must be at least as large and at most "
              + MOST_MIB);
    }
    var every = interval.apply(writeInterval);
    if (every.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("--write-interval must be at least 1s");
    }
    return new Listen(
        address(address),
        certificate,
        key,
        Optional.ofNullable(clientCa),
        Optional.ofNullable(tokenFile),
        bodyMib * MIB,
        pendingMib * MIB,
        every);
  }

  private static InetSocketAddress address(String text) {
    var parts = ADDRESS.matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > HIGHEST_PORT) {
      throw new IllegalArgumentException(
          "--listen: " + text + " is not an address such as " + EVERYWHERE);
    }
    var host = parts.group(1);
    return new InetSocketAddress(host == null ? "0.0.0.0" : host, Integer.parseInt(parts.group(2)));
  }
}
