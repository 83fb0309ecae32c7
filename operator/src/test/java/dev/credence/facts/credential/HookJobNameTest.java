// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Hooks.Step;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The name of a Job is a label of its pods too, so it is one of RFC 1123.
class HookJobNameTest {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  @ParameterizedTest
  @CsvSource({
    "crm-db, 8, apply, 1, crm-db-v8-apply-1",
    "7, 1, verify, 5, 7-v1-verify-5",
    "crm-db, 8, revoke, 12, crm-db-v8-revoke-12"
  })
  void a_short_name_is_told_with_version_step_and_attempt(
      String secret, long version, Step step, int attempt, String name) {
    assertThat(HookJob.name(secret, version, step, attempt)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 51, 52, 53, 54, 200, 253})
  void a_long_name_is_cut_where_it_does_not_fit(int length) {
    var name = HookJob.name("s".repeat(length), 8, Step.apply, 1);
    assertThat(name).matches(LABEL).endsWith("-v8-apply-1");
    // "-v8-apply-1" is 11 of the 63
    assertThat(name.equals("s".repeat(length) + "-v8-apply-1")).isEqualTo(length <= 52);
  }

  @Test
  void it_is_a_label_whatever_the_secret_is_called_and_always_the_same() {
    var random = new Random(4);
    for (var seed = 0; seed < 5_000; seed++) {
      var secret = secret(random);
      var version = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
      var step = Step.values()[random.nextInt(Step.values().length)];
      var attempt = 1 + random.nextInt(1_000_000);
      var name = HookJob.name(secret, version, step, attempt);
      assertThat(name).as(secret).matches(LABEL);
      assertThat(HookJob.name(secret, version, step, attempt)).isEqualTo(name);
    }
  }

  @Test
  void no_two_names_that_begin_alike_become_one() {
    var names = new HashSet<String>();
    var begin = "payments.production.database.of-the-whole-company.in-europe.";
    for (var secret = 0; secret < 1_000; secret++) {
      names.add(HookJob.name(begin + secret, 8, Step.apply, 1));
    }
    assertThat(names).hasSize(1_000);
  }

  @Test
  void a_dot_is_not_a_hyphen() {
    assertThat(HookJob.name("crm.db", 8, Step.apply, 1))
        .matches(LABEL)
        .startsWith("crm-db-")
        .isNotEqualTo(HookJob.name("crm-db", 8, Step.apply, 1));
  }

  @Test
  void each_attempt_of_each_step_of_each_version_has_its_own() {
    var secret = "s".repeat(200);
    var names = new HashSet<String>();
    for (var version = 1; version <= 20; version++) {
      for (var step : Step.values()) {
        for (var attempt = 1; attempt <= 20; attempt++) {
          names.add(HookJob.name(secret, version, step, attempt));
        }
      }
    }
    assertThat(names).hasSize(20 * Step.values().length * 20);
  }

  /// A DNS subdomain, as names of Secrets are.
  private static String secret(Random random) {
    var letters =
        random
            .ints(1 + random.nextInt(253), 0, 38)
            .mapToObj(index -> "abcdefghijklmnopqrstuvwxyz0123456789-.".substring(index, index + 1))
            .collect(Collectors.joining());
    return ("a" + letters).replaceAll("[-.]+(?=\\.|$)", "").replaceAll("\\.-+", ".");
  }
}
