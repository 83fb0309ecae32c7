package dev.credence.measure;

import dev.credence.decide.Action;
import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Action.Receipt;
import dev.credence.decide.Action.Why;
import dev.credence.facts.Guard;
import dev.credence.facts.Recipe;
import dev.credence.facts.Subject;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// The metrics of an operator to which everything has happened once.
public final class Busy {
  static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final Subject DB = Subject.secret("payments-db");
  private static final Guard JUDGED = new Guard("uid", "1");
  private static final Recipe RECIPE = new Recipe(List.of());
  private static final Labelling NONE =
      new Labelling(Optional.empty(), Optional.empty(), Optional.empty());
  private static final Receipt RECEIPT =
      new Receipt(2, NOW, Optional.empty(), "0", Optional.empty(), Optional.empty());

  static final Action.Issue ISSUE = new Action.Issue(DB, "Opaque", RECIPE, NONE, RECEIPT);
  static final Action.Retire RETIRE = new Action.Retire(DB, JUDGED);

  static Action.Rotate rotate(Why why) {
    return new Action.Rotate(DB, JUDGED, RECIPE, RECEIPT, why);
  }

  public static PrometheusRegistry page() {
    return meters().page();
  }

  static Meters meters() {
    var fleet = new Fleet(Clock.fixed(NOW, ZoneOffset.UTC), 10, "1.2.3");
    var credentials =
        new dev.credence.decide.Standing.Credential[] {
          Standings.due("payments-db", NOW.plusSeconds(60)),
          Standings.overlapping("payments-key", NOW.plusSeconds(60)),
          Standings.ending("payments-smtp", NOW.plusSeconds(60)),
          Standings.blocked("payments-ftp")
        };
    fleet.stands(
        new Fleet.Name("payments", "payments-api"),
        Standings.endingAt(NOW.plusSeconds(60), credentials),
        true);
    fleet.stands(new Fleet.Name("payments", "nobodys"), Standings.ownerless(), true);
    var meters = new Meters(fleet);
    meters.done(ISSUE, NOW);
    meters.done(rotate(new Why.OnSchedule(NOW.minusSeconds(3))), NOW);
    meters.done(RETIRE, NOW);
    meters.failed(ISSUE);
    meters.requested("GET", "secrets", "200");
    meters.reconciled(Duration.ofMillis(20));
    meters.swept(NOW);
    meters.leads(true);
    return meters;
  }

  private Busy() {}
}
