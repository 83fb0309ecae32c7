// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.Api;
import dev.credence.bench.gauge.Feed;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.gauge.Machine;
import dev.credence.bench.gauge.Noise;
import dev.credence.bench.peers.Contender;
import dev.credence.bench.peers.Credence;
import dev.credence.bench.peers.Watched;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 identities with a generated Secret and a ServiceAccount each, and 50,000 Secrets of
/// others: in how much memory, how soon after a start, and what one change for all of them takes.
/// `-Dcredence.bench.identities` takes another number; there are five foreign Secrets for each.
class ScaleBench {
  private static final int IDENTITIES = Integer.getInteger("credence.bench.identities", 10_000);
  private static final int FOREIGN = 5 * IDENTITIES;
  private static final int NAMESPACES = 50;
  private static final Duration REST = Duration.ofMinutes(1);

  /// MiB.
  private static final double BOUND = 256;

  private static final String IDENTITY_PATH = "/apis/credence.dev/v1alpha1/machineidentities?";
  private static final String MEMBERS = "/api/v1/%s?labelSelector=" + Api.IDENTITY;

  @TempDir private static Path scratch;

  private double peak;

  @Test
  void ten_thousand_identities_beside_fifty_thousand_foreign_secrets() throws IOException {
    var results = new Results("scale");
    results.line("%s", Machine.words());
    var credence = Credence.ofImage(scratch);
    results.line("credence %s, %s", credence.version(), credence.flags());
    try (var cluster = LocalCluster.fresh("scale");
        var load = Load.on(cluster);
        var watched = new Watched(cluster, credence)) {
      report(results, "idle", Map.of("resident", watched.resident()));
      report(results, "%,d Secrets of others come".formatted(FOREIGN), others(load, watched));
      report(results, "%,d identities from nothing".formatted(IDENTITIES), converge(load, watched));
      report(results, "at rest", watched.rest(REST));
      report(results, "restart", watched.restart());
      report(results, "one policy for all of them", change(load, watched));
      report(results, "all identities deleted", delete(load, watched));
    }
    results.line(
        "the most that was resident: %.0f MiB, goal %.0f MiB: %s",
        peak, BOUND, peak <= BOUND ? "met" : "missed");
    assertThat(peak).as("MiB, at most").isLessThanOrEqualTo(BOUND);
  }

  /// What is there before the identities: namespaces, accounts that nobody looks after yet, and
  /// Secrets of others, half of them of 1 KiB and half of 10 KiB.
  private static Map<String, Double> others(Load load, Watched watched) {
    for (var number = 0; number < NAMESPACES; number++) {
      load.create(
          "/api/v1/namespaces", "{\"metadata\": {\"name\": \"%s\"}}".formatted(namespace(number)));
    }
    load.each(
        IDENTITIES,
        n ->
            load.create(
                "/api/v1/namespaces/%s/serviceaccounts".formatted(namespace(n)),
                "{\"metadata\": {\"name\": \"app-%d\"}}".formatted(n)));
    var small = Noise.of(1024);
    var large = Noise.of(10 * 1024);
    return watched.during(
        () ->
            load.each(
                FOREIGN,
                n ->
                    load.create(
                        "/api/v1/namespaces/%s/secrets".formatted(namespace(n)),
                        "{\"metadata\": {\"name\": \"foreign-%d\"}, \"data\": {\"noise\": \"%s\"}}"
                            .formatted(n, n / NAMESPACES % 2 == 0 ? small : large))));
  }

  private static Map<String, Double> converge(Load load, Watched watched) throws IOException {
    try (var ready = Feed.of(load, IDENTITY_PATH, ScaleBench::ready);
        var secrets = members(load, "secrets");
        var accounts = members(load, "serviceaccounts")) {
      return watched.during(
          () -> load.each(IDENTITIES, n -> load.create(identities(n), identity(n))),
          ready.expect(IDENTITIES, (key, value) -> true),
          secrets.expect(IDENTITIES, (key, value) -> true),
          accounts.expect(IDENTITIES, (key, value) -> true));
    }
  }

  /// One policy for the whole cluster, by which every identity gets a time for its next rotation.
  private static Map<String, Double> change(Load load, Watched watched) throws IOException {
    try (var planned = Feed.of(load, IDENTITY_PATH, ScaleBench::planned)) {
      return watched.during(
          () ->
              load.each(
                  1,
                  n ->
                      load.create(
                          "/apis/credence.dev/v1alpha1/credentialpolicies",
                          """
                          {"apiVersion": "credence.dev/v1alpha1", "kind": "CredentialPolicy",
                           "metadata": {"name": "all"}, "spec": {"enforcement": "Enforce", "rotation": {"interval": "720h"}}}
                          """)),
          planned.expect(IDENTITIES, (key, value) -> true));
    }
  }

  /// The accounts stay; only the label goes that said whose they are.
  private static Map<String, Double> delete(Load load, Watched watched) throws IOException {
    try (var identities = Feed.ofMetadata(load, IDENTITY_PATH, any -> Optional.of(""));
        var secrets = members(load, "secrets");
        var accounts = members(load, "serviceaccounts")) {
      return watched.during(
          () -> load.each(IDENTITIES, n -> load.delete(identities(n) + "/app-" + n)),
          identities.expect(0, (key, value) -> true),
          secrets.expect(0, (key, value) -> true),
          accounts.expect(0, (key, value) -> true));
    }
  }

  private void report(Results results, String what, Map<String, Double> numbers)
      throws IOException {
    peak = Math.max(peak, numbers.getOrDefault("peak", 0.0));
    results.line("%s: %s", what, numbers);
  }

  private static Feed members(Load load, String kind) {
    return Feed.ofMetadata(load, MEMBERS.formatted(kind), member -> Optional.of(""));
  }

  private static Optional<String> ready(JsonNode identity) {
    return Contender.is(identity, "Ready", "True") ? Optional.of("") : Optional.empty();
  }

  private static Optional<String> planned(JsonNode identity) {
    return Optional.of(identity.at("/status/credentials/0/nextRotationTime").asText())
        .filter(time -> !time.isEmpty());
  }

  private static String identity(int number) {
    return """
        {"apiVersion": "credence.dev/v1alpha1", "kind": "MachineIdentity",
         "metadata": {"name": "app-%1$d"},
         "spec": {"owner": {"contact": "alice@example.com"},
           "serviceAccounts": [{"name": "app-%1$d"}],
           "secrets": [{"name": "app-%1$d",
             "generate": {"keys": [{"name": "password", "password": {"length": 32}}]}}]}}
        """
        .formatted(number);
  }

  private static String namespace(int number) {
    return "scale-" + number % NAMESPACES;
  }

  /// The path of the identities of its namespace.
  private static String identities(int number) {
    return "/apis/credence.dev/v1alpha1/namespaces/%s/machineidentities"
        .formatted(namespace(number));
  }
}
