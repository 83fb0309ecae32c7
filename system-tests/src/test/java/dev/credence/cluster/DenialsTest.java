// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenialsTest {
  private static final String OPERATOR = "system:serviceaccount:credence-system:credence";

  @TempDir private Path folder;

  @Test
  void what_rbac_denied_to_the_operator_is_listed_and_fails() throws IOException {
    var denials =
        Denials.in(
            log(
                event(OPERATOR, "get", "batch", "jobs", "forbid"),
                event(OPERATOR, "get", "batch", "jobs", "forbid"),
                event(OPERATOR, "list", "batch", "jobs", "allow"),
                event("alice", "delete", "", "secrets", "forbid"),
                "{\"annotations\": {\"authorization.k8s.io/decision\": \"forbid\""),
            0);
    assertThat(denials.all()).containsExactly("get batch/jobs");
    assertThatThrownBy(denials::close)
        .hasMessage("the operator asked for what the chart does not grant: get batch/jobs");
  }

  @Test
  void what_the_policy_on_its_account_rejected_is_listed_and_fails() throws IOException {
    var denials =
        Denials.in(
            log(
                rejected("credence", "operator.credence.dev"),
                rejected("credence-tests", "operator.credence.dev"),
                rejected("credence", "owner.credence.dev"),
                event(OPERATOR, "create", "batch", "jobs", "allow")),
            0);
    assertThat(denials.byPolicy()).hasSize(1);
    assertThatThrownBy(denials::close)
        .hasMessageContaining(
            "operator.credence.dev rejects what the operator writes: create secrets");
  }

  @Test
  void what_another_admission_policy_refused_is_none() throws IOException {
    Denials.in(log(rejected("credence", "owner.credence.dev")), 0).close();
  }

  private static String rejected(String userAgent, String policy) {
    return """
        {"verb": "create", "user": {"username": "%s"}, "userAgent": "%s", "objectRef": {"resource": "secrets"}, "responseStatus": {"code": 403, "message": "secrets \\"a\\" is forbidden: ValidatingAdmissionPolicy '%s' with binding 'b' denied request: no"}, "annotations": {"authorization.k8s.io/decision": "allow"}}"""
        .formatted(OPERATOR, userAgent, policy);
  }

  private Path log(String... events) throws IOException {
    return Files.write(folder.resolve("audit.log"), List.of(events));
  }

  private static String event(
      String user, String verb, String group, String resource, String decision) {
    return """
        {"verb": "%s", "user": {"username": "%s"}, "objectRef": {"apiGroup": "%s", "resource": "%s"}, "annotations": {"authorization.k8s.io/decision": "%s"}}"""
        .formatted(verb, user, group, resource, decision);
  }
}
