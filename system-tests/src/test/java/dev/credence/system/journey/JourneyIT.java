// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.journey;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.system.Scene.password;
import static dev.credence.system.Scene.stays;
import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.api.Condition;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec.Enforcement;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.MachineIdentityStatus.CredentialState;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.PolicyRef;
import dev.credence.api.MachineIdentityStatus.Source;
import dev.credence.api.SecretMember;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What people do with identities, and what they get.
@WithOperator
class JourneyIT {
  @BesideOthers
  void an_account_is_linked_and_a_secret_made(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    var identity =
        scene.identity(
            "crm",
            OWNER
                + """
                , type: Integration, application: crm-suite, purpose: 'CRM to billing, CHG-1234'
                , serviceAccounts: [{name: crm-sync}]
                , secrets: [{name: crm-db, account: {type: Database, system: db.sales, name: crm},
                   generate: {keys: [{name: password, password: {length: 40}}]}, rotation: {interval: 720h}}]
                """);
    scene.awaitReady("crm");

    var status = scene.status("crm");
    assertThat(status.state()).isEqualTo(LifeState.Active);
    assertThat(status.typeReason()).isNull();
    assertThat(status.owner().contact()).isEqualTo("alice@example.com");
    assertThat(status.owner().source()).isEqualTo(Source.Spec);
    assertThat(status.members().serviceAccounts()).isEqualTo(1);
    assertThat(status.members().secrets()).isEqualTo(1);
    var credential = scene.credential("crm", "crm-db");
    assertThat(credential.state()).isEqualTo(CredentialState.Fresh);
    assertThat(credential.version()).isEqualTo(1);
    assertThat(credential.account())
        .isEqualTo(new SecretMember.Account(SecretMember.AccountType.Database, "db.sales", "crm"));
    assertThat(credential.nextRotationTime())
        .isBetween(
            Instant.now().plus(Duration.ofHours(640)), Instant.now().plus(Duration.ofHours(720)));
    assertThat(status.nextActionTime()).isEqualTo(credential.nextRotationTime());
    assertThat(
            status.conditions().stream()
                .map(Condition::type)
                .map(type -> type + " " + scene.result("crm", type)))
        .containsExactly(
            "Ready True Compliant",
            "OwnerAssigned True OwnerSet",
            "MembersLinked True Linked",
            "CredentialsFresh True Current",
            "LeastPrivilege True NoFindings");
    // The first line is YAML's own; one is the team's, and four are those of the account elsewhere.
    assertThat(Serialization.asYaml(status).lines()).hasSizeLessThanOrEqualTo(1 + 47 + 1 + 4);
    assertThat(scene.status("crm").policies()).isNull();
    assertThat(scene.result("crm", "Reconciling")).isEqualTo("absent");
    assertThat(scene.result("crm", "Stalled")).isEqualTo("absent");

    var secret = scene.secret("crm-db").get();
    assertThat(text(secret, "password")).matches("[A-Za-z0-9]{40}");
    assertThat(secret.getType()).isEqualTo("Opaque");
    assertThat(secret.getMetadata().getLabels())
        .containsOnly(
            Map.entry("credence.dev/identity", "crm"),
            Map.entry("app.kubernetes.io/managed-by", "credence"));
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(
            owner -> {
              assertThat(owner.getUid()).isEqualTo(identity.getMetadata().getUid());
              assertThat(owner.getController()).isTrue();
              assertThat(owner.getBlockOwnerDeletion()).isNull();
            });
    eventually("the account is marked")
        .until(() -> scene.isMarked(scene.account("crm-sync"), "crm"));
    assertThat(Scene.annotation(scene.account("crm-sync"), Api.OWNER))
        .hasValue("alice@example.com");
    assertThat(Scene.annotation(scene.account("crm-sync"), Api.TEAM)).hasValue("sales");
    assertThat(scene.account("crm-sync").get().getMetadata().getOwnerReferences()).isEmpty();
    assertThat(identity.getMetadata().getFinalizers()).isEmpty();
  }

  @BesideOthers
  void labels_and_annotations_of_the_identity_are_not_copied(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity, metadata: {name: crm,
          labels: {app.kubernetes.io/instance: argo, app.kubernetes.io/managed-by: Helm},
          annotations: {argocd.argoproj.io/tracking-id: x, kubectl.kubernetes.io/last-applied-configuration: '{}'}},
         spec: {secrets: [%s], serviceAccounts: [{name: crm-sync, provision: {}}]}}
        """
            .formatted(password("crm-db")));
    scene.awaitReady("crm");
    for (var created : List.of(scene.secret("crm-db"), scene.account("crm-sync"))) {
      var metadata = created.get().getMetadata();
      assertThat(metadata.getLabels())
          .containsOnlyKeys("credence.dev/identity", "app.kubernetes.io/managed-by");
      assertThat(Stream.ofNullable(metadata.getAnnotations()).flatMap(all -> all.keySet().stream()))
          .allMatch(key -> key.startsWith("credence.dev/"));
    }
  }

  @BesideOthers
  void a_value_is_replaced_on_schedule_and_the_old_one_stays_for_the_overlap(
      TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 15s, overlap: 5s") + "]");
    scene.awaitReady("crm");
    var first = text(scene.secret("crm-db").get(), "password");
    var due = scene.credential("crm", "crm-db").nextRotationTime();

    scene.awaitVersion("crm-db", 2);
    assertThat(Instant.now()).isBetween(due, due.plusSeconds(3));
    var overlapping = scene.secret("crm-db").get();
    assertThat(overlapping.getData()).containsOnlyKeys("password", "password.previous");
    assertThat(text(overlapping, "password.previous")).isEqualTo(first);
    assertThat(text(overlapping, "password")).isNotEqualTo(first);
    eventually("the status shows the overlap")
        .until(() -> scene.credential("crm", "crm-db").state() == CredentialState.Overlapping);
    assertThat(scene.status("crm").state()).isEqualTo(LifeState.Rotating);
    assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");
    var retires = scene.credential("crm", "crm-db").previousRetirementTime();

    eventually("the old value is gone")
        .until(() -> !scene.secret("crm-db").get().getData().containsKey("password.previous"));
    assertThat(Instant.now()).isBetween(retires, retires.plusSeconds(3));
    var after = scene.secret("crm-db").get();
    assertThat(after.getData().get("password")).isEqualTo(overlapping.getData().get("password"));
    assertThat(after.getMetadata().getAnnotations()).doesNotContainKey(Api.PREVIOUS_RETIRES_AT);
    eventually("the status shows it")
        .until(() -> scene.credential("crm", "crm-db").state() == CredentialState.Fresh);
    scene.awaitVersion("crm-db", 3);
    assertThat(text(scene.secret("crm-db").get(), "password.previous"))
        .isEqualTo(text(after, "password"));
  }

  @BesideOthers
  void a_value_without_overlap_goes_at_once(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", secrets: [" + password("crm-db", "interval: 10s, overlap: 0s") + "]");
    scene.awaitVersion("crm-db", 2);
    assertThat(scene.secret("crm-db").get().getData()).containsOnlyKeys("password");
  }

  @BesideOthers
  void one_may_ask_for_a_new_value_on_the_identity_or_on_a_secret(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", secrets: [%s, %s]".formatted(password("crm-db"), password("crm-smtp")));
    scene.awaitReady("crm");

    scene.annotate(scene.identity("crm"), Api.ROTATE, "monday");
    scene.awaitVersion("crm-db", 2);
    scene.awaitVersion("crm-smtp", 2);
    eventually("the request is answered")
        .until(
            () ->
                scene.status("crm").handled() != null
                    && "monday".equals(scene.status("crm").handled().rotate()));
    assertThat(scene.secret("crm-db").get().getData())
        .containsOnlyKeys("password", "password.previous");

    scene.annotate(scene.secret("crm-db"), Api.ROTATE, "tuesday");
    scene.awaitVersion("crm-db", 3);
    assertThat(scene.version("crm-smtp")).isEqualTo(2);

    // The same again, written by another hand, is no new request.
    scene.annotate(scene.identity("crm"), "example.com/note", "edited");
    scene.annotate(scene.identity("crm"), Api.ROTATE, "monday");
    scene.annotate(scene.secret("crm-db"), Api.ROTATE, "tuesday");
    stays(
        Duration.ofSeconds(12),
        "no value is replaced",
        () -> scene.version("crm-db") == 3 && scene.version("crm-smtp") == 2);
    assertThat(scene.result("crm", "Ready")).isEqualTo("True Compliant");
  }

  @BesideOthers
  void an_annotation_that_stands_before_the_first_value_is_no_request(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        """
        {apiVersion: credence.dev/v1alpha1, kind: MachineIdentity,
         metadata: {name: crm, annotations: {credence.dev/rotate: old}}, spec: {secrets: [%s]}}
        """
            .formatted(password("crm-db")));
    scene.awaitReady("crm");
    stays(Duration.ofSeconds(12), "the first version", () -> scene.version("crm-db") == 1);
  }

  @BesideOthers
  void an_account_is_made_owned_and_kept_as_it_was_asked_for(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", serviceAccounts: [{name: crm-report, provision: {}}]");
    scene.awaitReady("crm");
    var account = scene.account("crm-report").get();
    assertThat(account.getAutomountServiceAccountToken()).isFalse();
    assertThat(account.getMetadata().getOwnerReferences())
        .extracting(owner -> owner.getName())
        .containsExactly("crm");
    assertThat(scene.isMarked(scene.account("crm-report"), "crm")).isTrue();

    scene.patch(
        scene.identity("crm"),
        "{spec: {serviceAccounts: [{name: crm-report, provision: {automountServiceAccountToken: true}}]}}");
    eventually("changed with the spec")
        .until(() -> scene.account("crm-report").get().getAutomountServiceAccountToken());
    scene.patch(scene.account("crm-report"), "{automountServiceAccountToken: false}");
    eventually("brought back")
        .until(() -> scene.account("crm-report").get().getAutomountServiceAccountToken());
  }

  @BesideOthers
  void a_selector_links_what_matches_and_leaves_what_no_longer_does(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.create(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: crm-sync, labels: {part-of: crm}}}");
    scene.createAccount("other");
    scene.identity("crm", OWNER + ", selector: {matchLabels: {part-of: crm}}");
    scene.awaitReady("crm");
    eventually("linked").until(() -> scene.isMarked(scene.account("crm-sync"), "crm"));
    assertThat(scene.isUnmarked(scene.account("other"))).isTrue();

    scene.create(
        "{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp, labels: {part-of: crm}}}");
    eventually("what comes later is linked, too")
        .until(() -> scene.isMarked(scene.secret("crm-smtp"), "crm"));
    eventually("and counted")
        .until(() -> Integer.valueOf(1).equals(scene.status("crm").members().secrets()));
    assertThat(scene.credential("crm", "crm-smtp").type().name()).isEqualTo("Linked");

    scene.patch(scene.account("crm-sync"), "{metadata: {labels: {part-of: null}}}");
    eventually("unmarked").until(() -> scene.isUnmarked(scene.account("crm-sync")));
    eventually("and not counted")
        .until(() -> scene.status("crm").members().serviceAccounts() == null);
  }

  @BesideOthers
  void a_member_that_is_no_longer_listed_is_unmarked(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}, %s]"
                .formatted(password("crm-db")));
    scene.awaitReady("crm");
    eventually("marked")
        .until(
            () ->
                scene.isMarked(scene.account("crm-sync"), "crm")
                    && scene.isMarked(scene.secret("crm-smtp"), "crm"));
    var created = scene.secret("crm-db").get().getData();

    scene.patch(scene.identity("crm"), "{spec: {serviceAccounts: null, secrets: null}}");
    eventually("unmarked")
        .until(
            () ->
                scene.isUnmarked(scene.account("crm-sync"))
                    && scene.isUnmarked(scene.secret("crm-smtp")));
    scene.awaitReady("crm");
    assertThat(scene.secret("crm-db").get().getData()).as("what was made stays").isEqualTo(created);
    assertThat(scene.credential("crm", "crm-db").message()).contains("No longer in `spec.secrets`");
  }

  @BesideOthers
  void a_new_owner_reaches_every_member(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: [%s]"
                .formatted(password("crm-db")));
    scene.awaitReady("crm");
    var value = scene.secret("crm-db").get().getData();

    scene.patch(scene.identity("crm"), "{spec: {owner: {contact: bob@example.com, team: null}}}");
    var members =
        List.of(scene.account("crm-sync"), scene.account("crm-report"), scene.secret("crm-db"));
    eventually("every member says Bob, and no team")
        .until(
            () ->
                members.stream()
                    .allMatch(
                        member ->
                            Scene.annotation(member, Api.OWNER)
                                    .filter("bob@example.com"::equals)
                                    .isPresent()
                                && Scene.annotation(member, Api.TEAM).isEmpty()));
    assertThat(scene.secret("crm-db").get().getData()).isEqualTo(value);
    assertThat(scene.version("crm-db")).isEqualTo(1);
  }

  @BesideOthers
  void the_owner_of_the_namespace_answers_for_an_identity_without_one(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity("crm", "serviceAccounts: [{name: crm-sync}]");
    scene.await("crm", "OwnerAssigned", "False OwnerMissing");
    assertThat(scene.result("crm", "Ready")).as("nobody asks for one").isEqualTo("True Compliant");

    var ownNamespace = scene.client().namespaces().withName(namespace.name());
    scene.annotate(ownNamespace, Api.OWNER, "carol@example.com");
    scene.await("crm", "OwnerAssigned", "True OwnerSet");
    assertThat(scene.status("crm").owner().source()).isEqualTo(Source.Namespace);
    eventually("the member says Carol")
        .until(
            () ->
                Scene.annotation(scene.account("crm-sync"), Api.OWNER)
                    .filter("carol@example.com"::equals)
                    .isPresent());

    scene.patch(ownNamespace, "{metadata: {annotations: {credence.dev/owner: null}}}");
    scene.await("crm", "OwnerAssigned", "False OwnerMissing");
    assertThat(scene.status("crm").owner()).isNull();
  }

  @BesideOthers
  void a_policy_is_chosen_changed_and_goes(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", "secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    try (var policy = scene.policy("owner: {required: true}")) {
      scene.awaitPolicy("crm");
      assertThat(scene.status("crm").policies())
          .singleElement()
          .isEqualTo(new PolicyRef(policy.name(), 1L, Enforcement.Audit, List.of("owner")));
      assertThat(scene.result("crm", "OwnerAssigned")).isEqualTo("False OwnerMissing");
      assertThat(scene.message("crm", "OwnerAssigned")).contains("Audit: ", policy.name());
      assertThat(scene.result("crm", "Ready")).as("it only audits").isEqualTo("True Compliant");
      assertThat(scene.result("crm", "Stalled")).isEqualTo("absent");

      policy.replace("owner: {required: true}, enforcement: Enforce");
      scene.await("crm", "Ready", "False OwnerMissing");
      assertThat(scene.result("crm", "Stalled")).isEqualTo("True OwnerMissing");
      eventually("the policy counts it").until(() -> isCounted(policy.name(), 1, 1));

      scene.patch(scene.identity("crm"), "{spec: {owner: {contact: alice}}}");
      scene.awaitReady("crm");
      policy.replace(
          "owner: {contactPattern: '[^@ ]+@example\\.com'}, enforcement: Enforce, rotation: {interval: 15s, overlap: 3s}");
      scene.await("crm", "Ready", "False OwnerInvalid");
      scene.patch(scene.identity("crm"), "{spec: {owner: {contact: alice@example.com}}}");
      scene.awaitReady("crm");
      eventually("the policy's rhythm")
          .until(() -> scene.credential("crm", "crm-db").nextRotationTime() != null);
      scene.awaitVersion("crm-db", 2);
      eventually("nobody breaks a rule").until(() -> isCounted(policy.name(), 1, 0));
    }
    eventually("no policy matches").until(() -> scene.status("crm").policies() == null);
    assertThat(scene.credential("crm", "crm-db").nextRotationTime()).isNull();
    scene.awaitReady("crm");
  }

  @BesideOthers
  void a_policy_with_a_rule_that_cannot_be_read_says_so(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var policy =
        scene.policy("owner: {contactPattern: '[', required: true}, enforcement: Enforce")) {
      scene.identity("crm", OWNER);
      scene.awaitReady("crm");
      eventually("the policy is stalled")
          .until(
              () -> {
                var status = policyStatus(policy.name());
                return status != null
                    && status.conditions().stream()
                        .anyMatch(c -> c.type().equals("Stalled") && c.reason().equals("Invalid"));
              });
    }
  }

  @BesideOthers
  void a_missing_member_is_linked_when_it_comes(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm", OWNER + ", serviceAccounts: [{name: crm-sync}], secrets: [{name: crm-smtp}]");
    scene.await("crm", "Ready", "False MemberMissing");
    assertThat(scene.result("crm", "Reconciling")).isEqualTo("True MemberMissing");
    assertThat(scene.result("crm", "Stalled")).isEqualTo("absent");
    assertThat(scene.status("crm").members().missing()).isEqualTo(2);

    scene.createAccount("crm-sync");
    scene.create("{apiVersion: v1, kind: Secret, metadata: {name: crm-smtp}}");
    scene.awaitReady("crm");
    eventually("both are marked")
        .until(
            () ->
                scene.isMarked(scene.account("crm-sync"), "crm")
                    && scene.isMarked(scene.secret("crm-smtp"), "crm"));
  }

  @BesideOthers
  void a_member_of_two_belongs_to_the_first_until_that_one_goes(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("shared");
    scene.identity("first", OWNER + ", serviceAccounts: [{name: shared}]");
    scene.awaitReady("first");
    eventually("marked").until(() -> scene.isMarked(scene.account("shared"), "first"));
    // Creation times have seconds, and the name decides within one.
    scene.identity(
        "second", "owner: {contact: bob@example.com}, serviceAccounts: [{name: shared}]");
    scene.await("second", "Ready", "False ClaimedByOther");
    assertThat(scene.message("second", "Ready")).contains("MachineIdentity first");
    assertThat(scene.status("second").members().conflicted()).isEqualTo(1);
    assertThat(scene.result("first", "Ready")).isEqualTo("True Compliant");

    scene.identity("first").delete();
    scene.awaitReady("second");
    eventually("marked anew").until(() -> scene.isMarked(scene.account("shared"), "second"));
    assertThat(Scene.annotation(scene.account("shared"), Api.OWNER)).hasValue("bob@example.com");
    assertThat(Scene.annotation(scene.account("shared"), Api.TEAM)).isEmpty();
  }

  @BesideOthers
  void nothing_is_rotated_after_the_end(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    var end = Instant.now().plusSeconds(14).truncatedTo(ChronoUnit.SECONDS);
    try (var policy = scene.policy("enforcement: Enforce")) {
      scene.identity(
          "crm",
          OWNER
              + ", expirationTime: '%s', secrets: [%s]"
                  .formatted(end, password("crm-db", "interval: 10s, overlap: 9s")));
      scene.awaitReady("crm");
      assertThat(scene.result("crm", "Expiring")).isEqualTo("True ExpiresSoon");
      assertThat(scene.status("crm").expirationTime()).isEqualTo(end);
      scene.awaitVersion("crm-db", 2);

      scene.await("crm", "Expiring", "True Expired");
      assertThat(Instant.now()).isBetween(end, end.plusSeconds(3));
      assertThat(scene.result("crm", "Ready")).isEqualTo("False Expired");
      assertThat(scene.result("crm", "Stalled")).isEqualTo("True Expired");
      eventually("the old value goes all the same")
          .until(() -> !scene.secret("crm-db").get().getData().containsKey("password.previous"));
      scene.annotate(scene.identity("crm"), Api.ROTATE, "please");
      stays(Duration.ofSeconds(11), "nothing is replaced", () -> scene.version("crm-db") == 2);

      scene.patch(scene.identity("crm"), "{spec: {expirationTime: '2199-01-01T00:00:00Z'}}");
      scene.awaitVersion("crm-db", 3);
      scene.awaitReady("crm");
    }
  }

  @BesideOthers
  void with_an_identity_goes_what_it_made_and_its_marks(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createAccount("crm-sync");
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: [%s]"
                .formatted(password("crm-db")));
    scene.awaitReady("crm");
    eventually("marked").until(() -> scene.isMarked(scene.account("crm-sync"), "crm"));

    scene.identity("crm").delete();
    eventually("what it made is gone")
        .until(
            () ->
                scene.secret("crm-db").get() == null && scene.account("crm-report").get() == null);
    eventually("what was linked has no marks")
        .until(() -> scene.isUnmarked(scene.account("crm-sync")));
  }

  @BesideOthers
  void kubectl_shows_the_columns(TestNamespace namespace, LocalCluster cluster) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + ", type: Bot, expirationTime: '2199-01-01T00:00:00Z', secrets: [%s]"
                .formatted(password("crm-db", "interval: 720h")));
    scene.awaitReady("crm");
    var table = cluster.kubectl("get", "mid", "-n", namespace.name()).lines().toList();
    assertThat(table.get(0).split(" +"))
        .containsExactly("NAME", "READY", "REASON", "OWNER", "STATE", "RISK", "NEXT-ACTION", "AGE");
    assertThat(table.get(1).split(" +"))
        .startsWith("crm", "True", "Compliant", "alice@example.com", "Active");
    var wide = cluster.kubectl("get", "mid", "-n", namespace.name(), "-o", "wide").lines().toList();
    assertThat(wide.get(0).split(" +"))
        .endsWith(
            "NEXT-ACTION",
            "AGE",
            "TYPE",
            "POLICIES",
            "EXPIRES",
            "LAST-USED",
            "REVIEW-DUE",
            "MESSAGE");
    assertThat(wide.get(1)).contains("Bot", "2199-01-01T00:00:00Z", "complies with its policies");
  }

  @BesideOthers
  void events_tell_what_happened_once(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + ", serviceAccounts: [{name: crm-sync}, {name: crm-report, provision: {}}], secrets: [%s]"
                .formatted(password("crm-db", "interval: 15s, overlap: 3s")));
    scene.await("crm", "Ready", "False MemberMissing");
    scene.createAccount("crm-sync");
    scene.awaitReady("crm");
    scene.awaitVersion("crm-db", 2);
    eventually("retired")
        .until(() -> scene.credential("crm", "crm-db").previousRetirementTime() == null);
    scene.patch(
        scene.identity("crm"),
        "{spec: {expirationTime: '%s'}}"
            .formatted(Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS)));
    scene.await("crm", "Expiring", "True Expired");
    eventually("the last one is written")
        .until(() -> scene.events("crm").contains("Warning Expired"));

    assertThat(scene.events("crm"))
        .containsExactlyInAnyOrder(
            "Normal Provisioned",
            "Normal Issued",
            "Warning MemberMissing",
            "Normal Ready",
            "Normal Rotated",
            "Warning Expired");
  }

  @BesideOthers
  void every_kind_of_value_is_made(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity(
        "crm",
        OWNER
            + """
            , secrets: [
              {name: all, generate: {keys: [
                {name: user, value: crm},
                {name: digits, password: {length: 8, characters: Digits}},
                {name: letters, password: {length: 64, characters: Letters}},
                {name: symbols, password: {length: 1024, characters: Symbols}},
                {name: hex, bytes: {length: 16, encoding: Hex}},
                {name: base64, bytes: {length: 33, encoding: Base64}},
                {name: url64, bytes: {length: 32, encoding: Base64Url}},
                {name: raw, bytes: {length: 4096, encoding: Raw}},
                {name: id, uuid: {}},
                {name: role, cycle: [blue, green]},
                {name: link, template: 'postgres://{user}:{digits}@db/{{x}}'}]}},
              {name: keys, generate: {keys: [
                {name: rsa, keyPair: {algorithm: RSA, size: 2048, publicKey: rsa.pub}},
                {name: ec, keyPair: {algorithm: ECDSA, size: 384, publicKey: ec.pub}},
                {name: ed, keyPair: {algorithm: Ed25519, publicKey: ed.pub}},
                {name: mldsa, keyPair: {algorithm: MLDSA, publicKey: mldsa.pub}},
                {name: ssh-rsa, keyPair: {algorithm: RSA, format: OpenSSH, publicKey: ssh-rsa.pub}},
                {name: ssh-ec, keyPair: {algorithm: ECDSA, format: OpenSSH, publicKey: ssh-ec.pub}},
                {name: ssh-ed, keyPair: {algorithm: Ed25519, format: OpenSSH, publicKey: ssh-ed.pub}}]}},
              {name: basic, type: kubernetes.io/basic-auth, generate: {keys: [
                {name: username, value: crm}, {name: password, password: {}}]}},
              {name: ssh, type: kubernetes.io/ssh-auth, generate: {keys: [
                {name: ssh-privatekey, keyPair: {algorithm: Ed25519, format: OpenSSH, publicKey: id.pub}}]}}]
            """);
    scene.awaitReady("crm");

    var all = scene.secret("all").get();
    assertThat(text(all, "user")).isEqualTo("crm");
    assertThat(text(all, "digits")).matches("[0-9]{8}");
    assertThat(text(all, "letters")).matches("[A-Za-z]{64}");
    assertThat(text(all, "symbols")).hasSize(1024);
    assertThat(text(all, "hex")).matches("[0-9a-f]{32}");
    assertThat(Base64.getDecoder().decode(text(all, "base64"))).hasSize(33);
    assertThat(Base64.getUrlDecoder().decode(text(all, "url64"))).hasSize(32);
    assertThat(Base64.getDecoder().decode(all.getData().get("raw"))).hasSize(4096);
    assertThat(text(all, "id"))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(text(all, "role")).isIn("blue", "green");
    assertThat(text(all, "link")).isEqualTo("postgres://crm:" + text(all, "digits") + "@db/{x}");

    var keys = scene.secret("keys").get();
    for (var name : List.of("rsa", "ec", "ed", "mldsa")) {
      assertThat(text(keys, name)).startsWith("-----BEGIN PRIVATE KEY-----");
      assertThat(text(keys, name + ".pub")).startsWith("-----BEGIN PUBLIC KEY-----");
    }
    for (var name : List.of("ssh-rsa", "ssh-ec", "ssh-ed")) {
      assertThat(text(keys, name)).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
      assertThat(text(keys, name + ".pub")).matches("(?s)(ssh-|ecdsa-)\\S+ \\S+.*");
    }
    assertThat(scene.secret("basic").get().getType()).isEqualTo("kubernetes.io/basic-auth");
    assertThat(scene.secret("basic").get().getData()).containsOnlyKeys("username", "password");
    assertThat(scene.secret("ssh").get().getType()).isEqualTo("kubernetes.io/ssh-auth");
    assertThat(scene.secret("ssh").get().getData()).containsOnlyKeys("ssh-privatekey", "id.pub");

    var role = text(all, "role");
    scene.annotate(scene.secret("all"), Api.ROTATE, "now");
    scene.awaitVersion("all", 2);
    assertThat(text(scene.secret("all").get(), "role")).as("the other one").isNotEqualTo(role);
  }

  @BesideOthers
  void a_changed_recipe_is_a_new_version(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.identity("crm", OWNER + ", secrets: [" + password("crm-db") + "]");
    scene.awaitReady("crm");
    scene.patch(
        scene.identity("crm"),
        "{spec: {secrets: [{name: crm-db, generate: {keys: [{name: password, password: {length: 50}}, {name: user, value: crm}]}}]}}");
    scene.awaitVersion("crm-db", 2);
    var secret = scene.secret("crm-db").get();
    assertThat(text(secret, "password")).hasSize(50);
    assertThat(text(secret, "password.previous")).hasSize(32);
    assertThat(text(secret, "user")).isEqualTo("crm");
  }

  private static boolean isCounted(String policy, int identities, int violations) {
    var status = policyStatus(policy);
    return status != null
        && Integer.valueOf(identities).equals(status.identities())
        && Integer.valueOf(violations).equals(status.violations());
  }

  private static CredentialPolicyStatus policyStatus(String name) {
    return LocalCluster.shared()
        .client()
        .resources(CredentialPolicy.class)
        .withName(name)
        .get()
        .getStatus();
  }

  private static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }
}
