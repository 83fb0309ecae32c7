// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.credence.metrics.MetricsPage.Sample;
import dev.credence.metrics.Permissions.Question;
import dev.credence.metrics.Permissions.Right;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PermissionsTest {
  private static final Question CREATE = question("create", "sales");

  private Instant now = Instant.parse("2027-01-01T00:00:00Z");
  private final List<Question> asked = new ArrayList<>();
  private final Permissions permissions = new Permissions();

  private static Question question(String verb, String namespace) {
    return new Question(new Right(verb, "batch", "jobs", namespace), "crm-db-v2-apply-1");
  }

  private boolean check(boolean may) {
    return permissions.check(
        now,
        question -> {
          asked.add(question);
          return may;
        });
  }

  private List<Map<String, String>> missing() {
    var registry = new PrometheusRegistry();
    registry.register(permissions);
    return MetricsPage.of(registry).lines("credence_permissions_missing").stream()
        .map(Sample::labels)
        .toList();
  }

  @Test
  void a_refusal_by_a_quota_is_no_missing_right() {
    permissions.refused(CREATE);
    assertThat(missing()).as("before anybody is asked").isEmpty();
    check(true);
    assertThat(asked).containsExactly(CREATE);
    assertThat(missing()).isEmpty();
    assertThat(check(true)).as("nothing was missing").isFalse();
    assertThat(asked).as("once").hasSize(1);
  }

  @Test
  void a_missing_right_is_shown_once_for_all_namespaces_until_it_is_given() {
    permissions.refused(CREATE);
    permissions.refused(CREATE);
    permissions.refused(question("create", "hr"));
    check(false);
    assertThat(asked).hasSize(2);
    assertThat(missing()).containsExactly(Map.of("verb", "create", "resource", "jobs"));

    check(true);
    assertThat(asked).as("a minute has not passed").hasSize(2);
    now = now.plus(Duration.ofMinutes(1));
    assertThat(check(true)).as("it was missing, and is there").isTrue();
    assertThat(missing()).isEmpty();
    assertThat(check(true)).as("it is told once").isFalse();
  }

  @Test
  void who_cannot_ask_asks_again() {
    permissions.refused(CREATE);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                permissions.check(
                    now,
                    question -> {
                      throw new IllegalStateException("away");
                    }));
    check(false);
    assertThat(missing()).hasSize(1);
  }

  @Test
  void there_is_an_end_to_what_is_asked() {
    for (var number = 0; number < 1000; number++) {
      permissions.refused(question("create", "team-" + number));
    }
    check(false);
    assertThat(asked).hasSize(64);
  }
}
