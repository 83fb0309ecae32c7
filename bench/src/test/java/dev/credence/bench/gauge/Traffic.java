// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import static dev.credence.testing.Eventually.within;

import dev.credence.cluster.Audit;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Requests;
import dev.credence.cluster.Requests.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/// What one user asks of the API server, by the audit log; what keeps its leadership is left out.
public final class Traffic {
  /// Who asks for nothing for this long is quiet.
  public static final Duration QUIET = Duration.ofSeconds(5);

  private final Audit audit;
  private final String user;
  private final List<Request> seen = new ArrayList<>();
  private long leases;
  private Instant begun = Instant.now();

  public Traffic(LocalCluster cluster, String user) {
    audit = cluster.audit();
    this.user = user;
  }

  /// Counts from now on.
  public void begin() {
    audit.mark();
    seen.clear();
    leases = 0;
    begun = Instant.now();
  }

  /// Everything since the beginning.
  public Requests soFar() {
    var asked = audit.next().of(user);
    leases += asked.leases().count();
    seen.addAll(asked.only(request -> !request.resource().equals("leases")).all());
    return new Requests(seen);
  }

  /// Requests about its leadership, as of the last [#soFar].
  public long leases() {
    return leases;
  }

  /// Returns once it is quiet, and says how long after the beginning it asked for the last time;
  /// zero where it never asked.
  public Duration untilQuiet(Duration deadline) {
    within(deadline, user + " is quiet")
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !Instant.now().isBefore(last(soFar()).plus(QUIET)));
    return Duration.between(begun, last(soFar()));
  }

  /// Lets it be for a time.
  public static void letBe(Duration time) {
    var start = System.nanoTime();
    Awaitility.await()
        .atMost(time.plusMinutes(1))
        .until(() -> System.nanoTime() - start >= time.toNanos());
  }

  private Instant last(Requests requests) {
    return requests.all().stream().map(Request::time).max(Instant::compareTo).orElse(begun);
  }
}
