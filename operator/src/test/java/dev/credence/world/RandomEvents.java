// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Audit events of a cluster in which some ServiceAccounts act, drawn by a number, the same each
/// time. The log may begin late, have gaps and end.
public final class RandomEvents {
  private static final Duration HEARTBEAT = Duration.ofHours(5);
  private static final Duration LONGEST = Duration.ofDays(100);
  private static final List<Duration> LOGS =
      List.of(Duration.ofDays(2), Duration.ofDays(30), LONGEST);
  private static final List<Duration> AGO =
      List.of(Duration.ofMinutes(10), Duration.ofDays(2), Duration.ofDays(60));
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "patch", "delete", "deletecollection");
  private static final List<String> KINDS =
      List.of(
          "pods",
          "core/pods/exec",
          "secrets",
          "apps/deployments",
          "nodes",
          "namespaces",
          "core/serviceaccounts/token");
  private static final List<String> ADDRESSES = List.of("10.4.1.7", "10.4.1.8", "203.0.113.7");
  private static final List<String> AGENTS = List.of("crm/v1", "crm/v2", "curl/8", "kubectl/v1.34");
  private static final List<Integer> CODES = List.of(200, 200, 200, 201, 403, 404);

  private static final List<String> TOKENS = List.of("one", "two");
  private static final int BURST = 250;

  private final Random random;
  private final List<String> accounts;
  private final boolean isReceived;
  private final List<AuditEvent> events = new ArrayList<>();
  private Optional<Instant> beat = Optional.empty();

  /// `accounts`: `sales/crm`.
  public RandomEvents(long seed, List<String> accounts) {
    this.random = new Random(seed);
    this.accounts = List.copyOf(accounts);
    this.isReceived = random.nextBoolean();
  }

  /// What happened until now, also before the last call.
  public Evidence until(Instant now) {
    if (beat.isEmpty() || !chance(15)) {
      others(now);
    }
    for (var i = random.nextInt(6); i > 0; i--) {
      events.add(request().at(before(now)).event());
    }
    if (chance(10)) {
      burst(before(now));
    }
    return evidence(now);
  }

  /// What a Secret may record of its tokens: the events name them.
  public Optional<String> tokens(Instant now) {
    return chance(20)
        ? Optional.of("2=JTI=two 1=JTI=one" + (chance(70) ? "@" + before(now) : ""))
        : Optional.empty();
  }

  /// An API server is never silent, unless its events are lost.
  private void others(Instant now) {
    var at = beat.orElseGet(() -> now.minus(one(LOGS)));
    at = at.isBefore(now.minus(LONGEST)) ? now.minus(LONGEST) : at;
    while (at.isBefore(now)) {
      if (!chance(1)) {
        events.add(other().does("update", "coordination.k8s.io/leases").at(at).event());
      } else if (chance(50)) {
        at = at.plus(HEARTBEAT);
      }
      at = at.plus(HEARTBEAT);
    }
    KINDS.forEach(kind -> events.add(other().does("list", kind).at(now).event()));
    if (chance(20)) {
      events.add(other().does("create", "apps/replicasets").at(before(now)).event());
    }
    beat = Optional.of(at);
  }

  private Requested other() {
    return Requested.by(accounts.getFirst()).user("system:kube-controller-manager");
  }

  private Requested request() {
    var request =
        Requested.by(one(accounts))
            .does(one(VERBS), one(KINDS))
            .answered(one(CODES))
            .from(one(ADDRESSES))
            .with(one(AGENTS))
            .token(one(TOKENS));
    return chance(30) ? request.named(one(List.of("a", "b"))) : request;
  }

  private void burst(Instant at) {
    for (var i = 0; i < BURST; i++) {
      events.add(request().id("burst-" + i + "-" + at).at(at).event());
    }
  }

  private Instant before(Instant now) {
    return now.minusSeconds(random.nextInt((int) one(AGO).toSeconds()));
  }

  private Evidence evidence(Instant now) {
    var evidence = new Evidence(EvidenceLimits.STORED, Networks.NONE);
    events.forEach(evidence::add);
    if (isReceived) {
      evidence.covers(now.minus(one(LOGS)), now);
    }
    return evidence;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
