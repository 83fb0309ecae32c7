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
  void what_an_admission_policy_refused_is_none() throws IOException {
    Denials.in(log(event(OPERATOR, "create", "batch", "jobs", "allow")), 0).close();
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
