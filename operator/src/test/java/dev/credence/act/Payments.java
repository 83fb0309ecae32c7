// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.raw.MarkRecord;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The identity `payments-api`, run by team-payments, and its generated Secret `payments-db`.
public final class Payments {
  public static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");
  public static final ObjectRef DB = ObjectRef.secret("payments-db");
  static final ObjectRef TLS = ObjectRef.certificate("payments-tls");
  static final Issuance ISSUANCE =
      new Issuance(
          new Issuer.Ref("cert-manager.io", "ClusterIssuer", "corp"),
          "payments-tls",
          Optional.of("payments"),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.of(Duration.ofMinutes(90)),
          Optional.empty(),
          Optional.empty(),
          true,
          new Issuance.Key(
              Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("Always")),
          List.of());
  static final Labelling NO_MARKS =
      new Labelling(Optional.empty(), Optional.empty(), Optional.empty());
  public static final Preconditions JUDGED = new Preconditions("uid-of-payments-db", "41");
  static final ObjectRef PENDING = ObjectRef.pendingOf("payments-db");
  static final Preconditions STAGED = new Preconditions("uid-of-the-pending-one", "8");
  static final Optional<Instant> A_DAY_LATER = Optional.of(Instant.parse("2027-01-02T00:00:00Z"));
  public static final String SECRETS = "/api/v1/namespaces/payments/secrets";
  public static final String PAYMENTS_DB = SECRETS + "/payments-db";

  /// What is asked where the metadata is enough, and the answer to a write of that of
  /// `payments-db`.
  static final String AS_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  static final Map<String, ?> MARKED =
      Map.of(
          "apiVersion",
          "meta.k8s.io/v1",
          "kind",
          "PartialObjectMetadata",
          "metadata",
          Map.of("namespace", "payments", "name", "payments-db", "resourceVersion", "42"));

  /// Nobody's, but of the form.
  public static final String TOKEN = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJub2JvZHkifQ.c2lnbmF0dXJl";

  static final GeneratedContent RECIPE =
      new GeneratedContent(
          List.of(
              new KeySpec("username", new Fixed("payments")),
              new KeySpec("password", new Password(32, Characters.AlphaNumeric))));

  static final Labelling ADA =
      new Labelling(
          Optional.of("payments-api"),
          Optional.of("ada@example.com"),
          Optional.of("team-payments"));

  /// The record that [#ADA] was written by us.
  static final String WRITTEN_ADA = MarkRecord.text(ADA.identity(), ADA.owner(), ADA.team());

  public static MachineIdentity identity() {
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

  public static VersionInfo versionInfo(long version, Optional<Instant> previousRetiresAt) {
    return new VersionInfo(
        version,
        NEW_YEAR,
        previousRetiresAt,
        previousRetiresAt.isPresent(),
        "0123456789abcdef",
        Optional.empty(),
        Handled.NONE);
  }

  public static Action.Issue issue() {
    return new Action.Issue(DB, "Opaque", RECIPE, ADA, versionInfo(1, Optional.empty()), false);
  }

  /// The next value; the one before stays for a day.
  public static Action.Rotate rotate() {
    return rotate(A_DAY_LATER);
  }

  public static Action.Rotate rotate(Optional<Instant> previousRetiresAt) {
    return new Action.Rotate(
        DB, JUDGED, RECIPE, versionInfo(2, previousRetiresAt), new Action.Why.OnRequest());
  }

  static Action.Stage stage(GeneratedContent generatorSpec) {
    return new Action.Stage(
        PENDING,
        DB,
        Optional.of(JUDGED),
        "Opaque",
        generatorSpec,
        ADA,
        versionInfo(2, Optional.empty()));
  }

  static Action.Promote promote(GeneratedContent generatorSpec) {
    return new Action.Promote(
        DB,
        Optional.of(JUDGED),
        PENDING,
        STAGED,
        "Opaque",
        generatorSpec,
        ADA,
        versionInfo(2, A_DAY_LATER),
        false,
        new Action.Why.OnRequest());
  }

  /// `payments-db-pending` as it was judged, with version 2 in it.
  static SecretBuilder staged() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName("payments-db-pending")
        .withUid(STAGED.uid())
        .withResourceVersion(STAGED.resourceVersion())
        .addToAnnotations("credence.dev/pending-for", "payments-db")
        .addToAnnotations("credence.dev/version", "2")
        .endMetadata()
        .withType("Opaque")
        .withData(Map.of("username", base64("payments"), "password", base64("the proven value")));
  }

  /// `payments-db` as it was judged, with version 1 in it.
  public static SecretBuilder stored() {
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

  /// Its first value is a token of its account.
  public static Action.Issue token(boolean kubeconfig) {
    return token(tokenRecipe(kubeconfig));
  }

  public static Action.Issue token(TokenRecipe generatorSpec) {
    var versionInfo =
        new VersionInfo(
            1,
            NEW_YEAR,
            Optional.empty(),
            false,
            "0123456789abcdef",
            Optional.of("uid-of-the-account"),
            Handled.NONE);
    return new Action.Issue(DB, "Opaque", generatorSpec, ADA, versionInfo, false);
  }

  public static TokenRecipe tokenRecipe(boolean kubeconfig) {
    return new TokenRecipe(
        "payments-api",
        List.of("vault", "https://db.example.com"),
        Duration.ofMinutes(90),
        kubeconfig);
  }

  /// What the token of the first version is bound to.
  public static SecretBuilder anchor() {
    return anchor(1);
  }

  public static SecretBuilder anchor(long version) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("payments")
        .withName("payments-db-anchor-v" + version)
        .addToAnnotations("credence.dev/anchor-for", "payments-db")
        .addToAnnotations("credence.dev/version", String.valueOf(version))
        .withUid("uid-of-the-anchor")
        .withResourceVersion("5")
        .addNewOwnerReference()
        .withApiVersion("credence.dev/v1alpha1")
        .withKind("MachineIdentity")
        .withName("payments-api")
        .withUid("uid-of-payments-api")
        .withController(true)
        .endOwnerReference()
        .endMetadata();
  }

  /// An API server's answer to a TokenRequest.
  public static Map<String, ?> granted(String end) {
    return Map.of(
        "apiVersion",
        "authentication.k8s.io/v1",
        "kind",
        "TokenRequest",
        "status",
        Map.of("token", TOKEN, "expirationTimestamp", end));
  }

  public static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private Payments() {}
}
