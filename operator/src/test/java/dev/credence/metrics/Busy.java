// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.decide.discovery.Discovery;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.policy.Severity;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The metrics of an operator to which everything has happened once.
public final class Busy {
  static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final ObjectRef DB = ObjectRef.secret("payments-db");
  private static final Preconditions JUDGED = new Preconditions("uid", "1");
  private static final GeneratedContent RECIPE = new GeneratedContent(List.of());
  static final Labelling NONE = new Labelling(Optional.empty(), Optional.empty(), Optional.empty());
  private static final VersionInfo RECEIPT =
      new VersionInfo(2, NOW, Optional.empty(), false, "0", Optional.empty(), Handled.NONE);

  static final Issuance ISSUANCE =
      new Issuance(
          new Issuer.Ref("cert-manager.io", "ClusterIssuer", "corp"),
          "payments-tls",
          Optional.of("payments"),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true,
          Issuance.Key.DEFAULT,
          List.of());

  static final IdentityStatus.Finding RISK =
      new IdentityStatus.Finding(
          "RBAC-SECRETS-LIST", Severity.High, "RoleBinding/payments/nobodys", "reads Secrets");

  static final TokenRecipe TOKEN =
      new TokenRecipe("payments-api", List.of(), Duration.ofHours(1), false);

  static final Action.Issue ISSUE = new Action.Issue(DB, "Opaque", RECIPE, NONE, RECEIPT, false);
  static final Action.Retire RETIRE = new Action.Retire(DB, JUDGED);

  static final Action.Restart RESTART =
      new Action.Restart(new ObjectRef(Kind.Deployment, "payments"), JUDGED, "payments-db-v2");

  static Action.Rotate rotate(Why why) {
    return rotate(RECIPE, why);
  }

  static Action.Rotate rotate(SecretContent material, Why why) {
    return new Action.Rotate(DB, JUDGED, material, RECEIPT, why);
  }

  static Action.Promote promote(boolean isThere, Why why) {
    return new Action.Promote(
        DB,
        isThere ? Optional.of(JUDGED) : Optional.empty(),
        ObjectRef.pendingOf("payments-db"),
        JUDGED,
        "Opaque",
        RECIPE,
        NONE,
        RECEIPT,
        false,
        why);
  }

  public static PrometheusRegistry page() {
    return counters().page();
  }

  static Counters counters() {
    var gauges = new IdentityGauges(Clock.fixed(NOW, ZoneOffset.UTC), 10, 100, "1.2.3");
    var credentials =
        new IdentityStatus.Credential[] {
          Standings.due("payments-db", NOW.plusSeconds(60)),
          Standings.overlapping("payments-key", NOW.plusSeconds(60)),
          Standings.ending("payments-smtp", NOW.plusSeconds(60)),
          Standings.blocked("payments-ftp"),
          Standings.failing("payments-tls")
        };
    gauges.stands(
        new IdentityGauges.Name("payments", "payments-api"),
        Standings.enforced(Standings.endingAt(NOW.plusSeconds(60), credentials)));
    gauges.stands(
        new IdentityGauges.Name("payments", "nobodys"),
        Standings.odd(
            Standings.enforced(
                Standings.risky(
                    Standings.stalled(Standings.ownerless(), Reason.OwnerMissing), RISK)),
            "NewPlace"));
    var counters = new Counters(gauges);
    var discoveryGauges = new DiscoveryGauges();
    discoveryGauges.found(new DiscoveryGauges.Result(Discovery.NOTHING, Map.of()));
    counters.page().register(discoveryGauges);
    counters.page().register(new PolicyCount(List::of));
    counters
        .page()
        .register(
            new CrdFieldCount(
                () -> Map.of("MachineIdentity", new TreeSet<>(Set.of("status.usage")))));
    counters
        .page()
        .register(
            new SuspensionCount(
                () -> Map.of("sales", 250L, "shop", 2L), () -> Set.of(Admission.Writes), 1_000));
    counters.done(ISSUE, NOW);
    counters.done(rotate(new Why.OnSchedule(NOW.minusSeconds(3))), NOW);
    counters.done(RETIRE, NOW);
    counters.done(RESTART, NOW);
    counters.failed(ISSUE);
    counters.suspended("Requested");
    counters.eventsDropped(() -> 3);
    counters.resyncsEvery(Duration.ofMinutes(10));
    counters.requested("GET", "secrets", "200");
    counters
        .permissions()
        .refused(
            new Permissions.Question(
                new Permissions.Right("list", "", "secrets", "payments"), "payments-db"));
    counters.permissions().check(NOW, _ -> false);
    counters.reconciled(Duration.ofMillis(20));
    counters.swept(NOW);
    counters.leads(true);
    counters.hookEnded(Step.apply, true, Duration.ofSeconds(3));
    return counters;
  }

  private Busy() {}
}
