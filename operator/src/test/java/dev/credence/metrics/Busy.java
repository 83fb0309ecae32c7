// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.decide.discovery.Discovery;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Handled;
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

  static Action.Promote turn(boolean isThere, Why why) {
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
    return meters().page();
  }

  static Counters meters() {
    var fleet = new IdentityGauges(Clock.fixed(NOW, ZoneOffset.UTC), 10, "1.2.3");
    var credentials =
        new IdentityStatus.Credential[] {
          Standings.due("payments-db", NOW.plusSeconds(60)),
          Standings.overlapping("payments-key", NOW.plusSeconds(60)),
          Standings.ending("payments-smtp", NOW.plusSeconds(60)),
          Standings.blocked("payments-ftp"),
          Standings.failing("payments-tls")
        };
    fleet.stands(
        new IdentityGauges.Name("payments", "payments-api"),
        Standings.enforced(Standings.endingAt(NOW.plusSeconds(60), credentials)));
    fleet.stands(
        new IdentityGauges.Name("payments", "nobodys"),
        Standings.enforced(
            Standings.risky(Standings.stalled(Standings.ownerless(), Reason.OwnerMissing), RISK)));
    var meters = new Counters(fleet);
    var census = new DiscoveryGauges();
    census.found(new DiscoveryGauges.Result(Discovery.NOTHING, Map.of()));
    meters.page().register(census);
    meters.page().register(new PolicyCount(List::of));
    meters
        .page()
        .register(
            new SuspensionCount(
                () -> Map.of("sales", 250L, "shop", 2L), () -> Set.of(Admission.Writes), 1_000));
    meters.done(ISSUE, NOW);
    meters.done(rotate(new Why.OnSchedule(NOW.minusSeconds(3))), NOW);
    meters.done(RETIRE, NOW);
    meters.done(RESTART, NOW);
    meters.failed(ISSUE);
    meters.suspended("Requested");
    meters.requested("GET", "secrets", "200");
    meters
        .permissions()
        .refused(
            new Permissions.Question(
                new Permissions.Right("list", "", "secrets", "payments"), "payments-db"));
    meters.permissions().check(NOW, _ -> false);
    meters.reconciled(Duration.ofMillis(20));
    meters.swept(NOW);
    meters.leads(true);
    return meters;
  }

  private Busy() {}
}
