// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.observe.certmanager.IssueRecord;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CertificatesTest {
  private static final String CERTIFICATES =
      "/apis/cert-manager.io/v1/namespaces/payments/certificates";

  private static final String SECRETS = "/api/v1/namespaces/payments/secrets";

  @AutoClose private final Acting acting = new Acting();

  @Test
  void a_certificate_is_created_by_one_plain_post() {
    acting.api.answers(secrets("")).echoes();
    acting.perform(
        new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, false));
    assertThat(acting.api.lines()).containsExactly("GET " + SECRETS, "POST " + CERTIFICATES);
    assertThat(acting.sent().path("spec"))
        .isEqualTo(
            FakeApi.tree(
                """
                {"issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "corp"},
                 "secretName": "payments-tls", "commonName": "payments",
                 "duration": "1h30m", "privateKey": {"rotationPolicy": "Always"}}
                """));
    assertThat(acting.sent().at("/metadata/labels").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("app.kubernetes.io/managed-by", "credence.dev/identity");
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1fields").asText())
        .matches(
            "issuerRef.group:\\w+ issuerRef.kind:\\w+ issuerRef.name:\\w+ secretName:\\w+ commonName:\\w+ duration:\\w+ privateKey.rotationPolicy:\\w+");
    assertThat(acting.sent().at("/metadata/ownerReferences")).hasSize(1);
    assertThat(acting.memory.wrote).hasSize(1);
  }

  @Test
  void one_that_is_to_stay_has_no_owner() {
    acting.api.answers(secrets("")).echoes();
    acting.perform(
        new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, true));
    assertThat(acting.sent().at("/metadata/ownerReferences").isMissingNode()).isTrue();
    assertThat(acting.sent().at("/metadata/annotations/credence.dev~1adopt").asText())
        .isEqualTo("payments-api");
  }

  @Test
  void a_name_that_is_taken_is_left_alone() {
    acting.api.answers(secrets("")).refuses(409, "it exists");
    var order = new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, false);
    assertThat(acting.refused(order).why()).isEqualTo(Cause.Raced);
  }

  /// The watch of Secrets may be behind that of identities.
  @Test
  void a_secret_that_the_watch_has_not_shown_yet_is_not_written_over() {
    acting.api.answers(secrets(secret("{}")));
    var order = new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, false);
    assertThat(acting.refused(order).why()).isEqualTo(Cause.Raced);
    assertThat(acting.api.lines()).containsExactly("GET " + SECRETS);
  }

  @Test
  void a_certificate_is_created_again_for_its_own_secret() {
    var own = "{\"cert-manager.io/certificate-name\": \"%s\"}".formatted(Payments.TLS.name());
    acting.api.answers(secrets(secret(own))).echoes();
    acting.perform(
        new Action.CreateCertificate(Payments.TLS, Payments.ISSUANCE, Payments.ADA, false));
    assertThat(acting.api.lines()).containsExactly("GET " + SECRETS, "POST " + CERTIFICATES);
  }

  private static JsonNode secrets(String items) {
    return FakeApi.tree(
        """
        {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadataList", "metadata": {}, "items": [%s]}
        """
            .formatted(items));
  }

  private static String secret(String annotations) {
    return """
        {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
         "metadata": {"name": "payments-tls", "namespace": "payments", "annotations": %s}}
        """
        .formatted(annotations);
  }

  @Test
  void what_differs_is_patched_on_the_version_that_was_judged_and_nothing_else() {
    acting.api.echoes();
    acting.perform(
        new Action.UpdateCertificate(
            Payments.TLS,
            Payments.JUDGED,
            Payments.ISSUANCE,
            List.of(Field.Duration, Field.RenewBefore, Field.Size),
            Set.of(Field.Duration, Field.RenewBefore, Field.Size, Field.SecretName)));
    assertThat(acting.api.lines()).containsExactly("PATCH " + CERTIFICATES + "/payments-tls");
    assertThat(acting.api.last().header("Content-Type")).startsWith("application/merge-patch+json");
    assertThat(acting.sent())
        .isEqualTo(
            FakeApi.tree(
                """
                {"metadata": {"uid": "%s", "resourceVersion": "%s",
                  "annotations": {"credence.dev/fields": "%s"}},
                 "spec": {"duration": "1h30m", "renewBefore": null, "privateKey": {"size": null}}}
                """
                    .formatted(
                        Payments.JUDGED.uid(),
                        Payments.JUDGED.resourceVersion(),
                        IssueRecord.text(
                            Payments.ISSUANCE, List.of(Field.SecretName, Field.Duration)))));
  }

  @Test
  void a_certificate_is_deleted_in_the_version_that_was_judged() {
    acting.api.echoes();
    acting.perform(new Action.Remove(Payments.TLS, Payments.JUDGED, "it is no longer listed"));
    assertThat(acting.api.lines()).containsExactly("DELETE " + CERTIFICATES + "/payments-tls");
    assertThat(acting.sent().at("/preconditions/uid").asText()).isEqualTo(Payments.JUDGED.uid());
    assertThat(acting.sent().at("/preconditions/resourceVersion").asText())
        .isEqualTo(Payments.JUDGED.resourceVersion());
  }
}
