// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Moving;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectFacts.Adoption;
import dev.credence.facts.usage.Evicted;
import dev.credence.observe.Objects;
import dev.credence.observe.Written;
import dev.credence.raw.MarkRecord;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberReaderTest {

  @Test
  void a_secret_is_part_of_the_one_that_it_is_there_for() {
    assertThat(secret(Map.of("pending-for", "payments-db", "version", "2")).part())
        .contains(new Part.Pending("payments-db"));
    assertThat(secret(Map.of("anchor-for", "payments-db", "version", "7")).part())
        .contains(new Part.Anchor("payments-db", 7));
  }

  @ParameterizedTest
  @CsvSource({
    "credence.dev/v1alpha1, MachineIdentity, crm-1, true, true",
    "credence.dev/v1alpha1, MachineIdentity, crm-2, true, false",
    "credence.dev/v1alpha1, MachineIdentity, crm-1, false, false",
    "credence.dev/v1alpha1, CredentialPolicy, crm-1, true, false",
    "v1, ConfigMap, crm-1, true, false",
    "example.com/v1, MachineIdentity, crm-1, true, false",
    "credence.dev.example.com/v1, MachineIdentity, crm-1, true, false"
  })
  void made_for_an_identity_is_what_that_identity_controls(
      String version, String kind, String uid, boolean controller, boolean isCreated) {
    var secret =
        Objects.secret("crm-db")
            .editMetadata()
            .addNewOwnerReference()
            .withApiVersion(version)
            .withKind(kind)
            .withName("crm")
            .withUid(uid)
            .withController(controller)
            .endOwnerReference()
            .endMetadata()
            .build();
    assertThat(MemberReader.isCreatedFor("crm-1", secret)).isEqualTo(isCreated);
  }

  @Test
  void a_secret_for_itself_is_part_of_none() {
    assertThat(secret(Map.of("version", "7")).part()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "pending-for, '', 1",
    "pending-for, 'two\nlines', 1",
    "anchor-for, payments-db, none",
    "anchor-for, payments-db, 0",
    "anchor-for, ' ', 1"
  })
  void what_cannot_have_been_written_by_us_makes_no_part(String key, String value, String version) {
    assertThat(secret(Map.of(key, value, "version", version)).part()).isEmpty();
  }

  @Test
  void requests_are_read_one_by_one() {
    assertThat(
            secret(
                    Map.of(
                        "rotate",
                        "monday",
                        "rollback",
                        "tuesday",
                        "abort",
                        "wednesday",
                        "revoke",
                        "leaked"))
                .requests())
        .isEqualTo(
            new Requests(asked("monday"), asked("tuesday"), asked("wednesday"), asked("leaked")));
    assertThat(secret(Map.of()).requests()).isEqualTo(Requests.NONE);
    assertThat(secret(Map.of("rotate", " ")).requests()).isEqualTo(Requests.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "rotate, such as the time",
    "rollback, such as the time",
    "abort, such as the time",
    "revoke, the reason"
  })
  void a_request_that_cannot_be_kept_is_told_and_not_acted_upon(String key, String example) {
    var requests = secret(Map.of(key, "two\nlines")).requests();
    assertThat(requests.complaints())
        .containsExactly(
            "The operator ignores the annotation credence.dev/"
                + key
                + ": its value must be one line of at most 253 characters, "
                + example
                + ".");
  }

  @Test
  void what_we_wrote_about_a_value_is_read_back() {
    assertThat(
            secret(
                    Map.ofEntries(
                        Map.entry("version", "7"),
                        Map.entry("issued-at", "2027-01-01T00:00:00Z"),
                        Map.entry("previous-retires-at", "2027-01-02T00:00:00Z"),
                        Map.entry("recipe", "0123456789abcdef"),
                        Map.entry("account-uid", "uid-of-the-account"),
                        Map.entry("rotated-for-identity", "a"),
                        Map.entry("revoked-for-identity", "b"),
                        Map.entry("rotated-for-secret", "c"),
                        Map.entry("rolled-back-for", "d"),
                        Map.entry("aborted-for", "e"),
                        Map.entry("revoked-for-secret", "f"),
                        Map.entry("aborted-at", "2026-12-31T00:00:00Z"),
                        Map.entry("aborted-recipe", "fedcba9876543210"),
                        Map.entry("left-behind", "2026-12-30T00:00:00Z"),
                        Map.entry("evicted", "uid-1=3/2@2027-01-01T00:00:05Z no-entry")))
                .issue())
        .contains(
            new Issue(
                7,
                Instant.parse("2027-01-01T00:00:00Z"),
                Optional.of(Instant.parse("2027-01-02T00:00:00Z")),
                Previous.Kept,
                Optional.of("0123456789abcdef"),
                Optional.of("uid-of-the-account"),
                new Handled(
                    Optional.of("a"),
                    Optional.of("b"),
                    Optional.of("c"),
                    Optional.of("d"),
                    Optional.of("e"),
                    Optional.of("f")),
                Optional.of(new Aborted(Instant.parse("2026-12-31T00:00:00Z"), "fedcba9876543210")),
                new Moving(
                    Optional.of(Instant.parse("2026-12-30T00:00:00Z")),
                    List.of(new Evicted("uid-1", 3, 2, Instant.parse("2027-01-01T00:00:05Z")))),
                List.of()));
  }

  @ParameterizedTest
  @CsvSource({"yesterday, 0123", "2026-12-31T00:00:00Z, ''"})
  void half_an_abort_is_none(String at, String generatorSpec) {
    var issue =
        secret(
                Map.of(
                    "version",
                    "7",
                    "issued-at",
                    "2027-01-01T00:00:00Z",
                    "aborted-at",
                    at,
                    "aborted-recipe",
                    generatorSpec))
            .issue();
    assertThat(issue.orElseThrow().aborted()).isEmpty();
  }

  @Test
  void whom_an_object_is_given_to_and_who_has_it_is_read() {
    var asked = new String[2];
    var member =
        MemberReader.of(
            Objects.secret("payments-db")
                .editMetadata()
                .addToAnnotations("credence.dev/adopt", "payments-api")
                .addToAnnotations("credence.dev/held-by", "uid-of-payments-api")
                .endMetadata()
                .build(),
            false,
            (name, uid) -> {
              asked[0] = name;
              asked[1] = uid;
              return true;
            });
    assertThat(member.object().hold())
        .isEqualTo(
            new Adoption(Optional.of("payments-api"), Optional.of("uid-of-payments-api"), true));
    assertThat(asked).containsExactly("payments-api", "uid-of-payments-api");
    assertThat(secret(Map.of("adopt", " ", "held-by", "a\nb")).object().hold())
        .isEqualTo(Adoption.NONE);
  }

  /// The API server keeps the names of ten managers who update.
  @ParameterizedTest
  @CsvSource({
    "ancient-changes, alice@example.com, true",
    "ancient-changes, mallory@example.com, false",
    "kubectl, alice@example.com, false",
    "credence, mallory@example.com, true"
  })
  void whose_a_mark_is_says_our_own_record_where_the_managers_were_merged(
      String manager, String owner, boolean isOurs) {
    var member =
        MemberReader.of(
            Written.as(
                Secret.class,
                """
                apiVersion: v1
                kind: Secret
                metadata:
                  namespace: payments
                  name: payments-db
                  annotations:
                    credence.dev/owner: %s
                    credence.dev/written: %s
                  managedFields:
                  - {manager: %s, operation: Update, fieldsType: FieldsV1, fieldsV1: {"f:metadata": {"f:annotations": {"f:credence.dev/owner": {}}}}}
                """
                    .formatted(
                        owner,
                        MarkRecord.text(
                            Optional.empty(), Optional.of("alice@example.com"), Optional.empty()),
                        manager)),
            false,
            (_, _) -> false);
    assertThat(member.object().marks().owner().orElseThrow().ours()).isEqualTo(isOurs);
    assertThat(member.object().created()).isEqualTo(!manager.equals("kubectl"));
  }

  @Test
  void who_else_looks_after_a_secret_is_read() {
    var kept =
        Objects.secret("payments-db")
            .editMetadata()
            .addToLabels("app.kubernetes.io/managed-by", "Helm")
            .endMetadata()
            .build();
    assertThat(((StoredSecret) MemberReader.of(kept, false, (_, _) -> false)).manager())
        .contains("Helm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"True", "False"})
  void a_certificate_says_whether_a_new_one_is_under_way(String truth) {
    var certificate =
        Written.as(
            Certificate.class,
            """
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: {namespace: payments, name: payments-tls}
            status: {conditions: [
              {type: Ready, status: 'True'}, {type: Issuing, status: '%s'}]}
            """
                .formatted(truth));
    var member = (Member.Certificate) MemberReader.of(certificate, false, (_, _) -> false);
    assertThat(member.ready()).isTrue();
    assertThat(member.issuing()).isEqualTo(truth.equals("True"));
  }

  private static Optional<Request> asked(String value) {
    return Optional.of(new Request.Asked(value));
  }

  private static StoredSecret secret(Map<String, String> annotations) {
    var secret = Objects.secret("payments-db").editMetadata();
    annotations.forEach((key, value) -> secret.addToAnnotations("credence.dev/" + key, value));
    return (StoredSecret) MemberReader.of(secret.endMetadata().build(), false, (_, _) -> false);
  }
}
