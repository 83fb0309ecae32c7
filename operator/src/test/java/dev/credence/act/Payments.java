package dev.credence.act;

import dev.credence.api.MachineIdentity;
import dev.credence.decide.Action;
import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Action.Receipt;
import dev.credence.facts.Generator.Characters;
import dev.credence.facts.Generator.Fixed;
import dev.credence.facts.Generator.Password;
import dev.credence.facts.Guard;
import dev.credence.facts.Key;
import dev.credence.facts.Recipe;
import dev.credence.facts.Subject;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The identity `payments-api`, run by team-payments, and its generated Secret `payments-db`.
final class Payments {
  static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");
  static final Subject DB = Subject.secret("payments-db");
  static final Guard JUDGED = new Guard("uid-of-payments-db", "41");
  static final String SECRETS = "/api/v1/namespaces/payments/secrets";
  static final String PAYMENTS_DB = SECRETS + "/payments-db";

  static final Recipe RECIPE =
      new Recipe(
          List.of(
              new Key("username", new Fixed("payments")),
              new Key("password", new Password(32, Characters.AlphaNumeric))));

  static final Labelling ADA =
      new Labelling(
          Optional.of("payments-api"),
          Optional.of("ada@example.com"),
          Optional.of("team-payments"));

  static MachineIdentity identity() {
    var identity = new MachineIdentity();
    identity.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("payments")
            .withName("payments-api")
            .withUid("uid-of-payments-api")
            .withGeneration(3L)
            .addToLabels("app.kubernetes.io/instance", "argo-tracks-this")
            .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
            .build());
    return identity;
  }

  static Receipt receipt(long version, Optional<Instant> previousRetiresAt) {
    return new Receipt(
        version,
        NEW_YEAR,
        previousRetiresAt,
        "0123456789abcdef",
        Optional.empty(),
        Optional.empty());
  }

  static Action.Issue issue() {
    return new Action.Issue(DB, "Opaque", RECIPE, ADA, receipt(1, Optional.empty()));
  }

  /// The next value; the one before stays for a day.
  static Action.Rotate rotate() {
    return rotate(Optional.of(Instant.parse("2027-01-02T00:00:00Z")));
  }

  static Action.Rotate rotate(Optional<Instant> previousRetiresAt) {
    return new Action.Rotate(
        DB, JUDGED, RECIPE, receipt(2, previousRetiresAt), new Action.Why.OnRequest());
  }

  /// `payments-db` as it was judged, with version 1 in it.
  static SecretBuilder stored() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName("payments-db")
        .withUid(JUDGED.uid())
        .withResourceVersion(JUDGED.resourceVersion())
        .addToLabels("credence.dev/identity", "payments-api")
        .addToAnnotations("credence.dev/version", "1")
        .addToAnnotations("credence.dev/issued-at", "2026-12-01T00:00:00Z")
        .endMetadata()
        .withType("Opaque")
        .withData(Map.of("username", base64("payments"), "password", base64("the first value")));
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private Payments() {}
}
