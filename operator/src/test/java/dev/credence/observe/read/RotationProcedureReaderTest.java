// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationProcedure.OnPending;
import dev.credence.facts.policy.RotationProcedure.Restart;
import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.Window;
import dev.credence.facts.time.Windows;
import dev.credence.observe.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationProcedureReaderTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{interval: 720h, overlap: 24h}", "{windows: []}", "{restart: {}}"})
  void a_policy_that_says_nothing_of_it_has_the_defaults(String rotation) {
    assertThat(procedure(rotation)).isEqualTo(RotationProcedure.DEFAULT);
    assertThat(RotationProcedureReader.of(Optional.empty())).isEqualTo(RotationProcedure.DEFAULT);
    assertThat(procedure(rotation).windows().areOpen(NEW_YEAR)).isTrue();
  }

  @Test
  void everything_that_is_written_is_read() {
    assertThat(
            procedure(
                """
                maxOverlap: 240h
                onConsumersPending: Keep
                maxAttempts: 3
                windows:
                - {schedule: "0 22 * * *", duration: 6h, timeZone: Europe/Berlin}
                - {schedule: "0 12 * * 6", duration: 1h30m}
                restart: {strategy: Rollout, maxParallel: 4, timeout: 30m}
                """))
        .isEqualTo(
            new RotationProcedure(
                new Windows(
                    true,
                    List.of(
                        new Window(Cron.of("0 22 * * *", "Europe/Berlin"), Duration.ofHours(6)),
                        new Window(Cron.of("0 12 * * 6", "UTC"), Duration.ofMinutes(90)))),
                new Restart(Strategy.Rollout, 4, Duration.ofMinutes(30)),
                Optional.of(Duration.ofHours(240)),
                3,
                OnPending.Keep));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{schedule: '99 * * * *', duration: 1h} | `schedule` '99 * * * *' is not a cron expression",
        "{schedule: '0 0 30 2 *', duration: 1h} | `schedule` '0 0 30 2 *' matches no date",
        "{schedule: '* * * * *', duration: 1h, timeZone: Mars/Olympus} | `timeZone` 'Mars/Olympus' is not in the time zone database",
        "{duration: 1h} | `schedule` '' is not a cron expression"
      })
  void windows_that_cannot_be_read_stay_shut_and_their_author_is_told(
      String window, String problem) {
    var rotation = "{windows: [" + window + "]}";
    assertThat(procedure(rotation).windows()).isEqualTo(new Windows(true, List.of()));
    assertThat(procedure(rotation).windows().areOpen(NEW_YEAR)).isFalse();
    assertThat(procedure(rotation).windows().openFrom(NEW_YEAR)).isEmpty();
    assertThat(RotationProcedureReader.problems(Optional.of(read(rotation))))
        .singleElement()
        .asString()
        .startsWith("`rotation.windows`: " + problem);
  }

  /// The schema lets none of these through.
  @ParameterizedTest
  @ValueSource(strings = {"{schedule: '* * * * *'}", "{schedule: '* * * * *', duration: 6 hours}"})
  void a_window_without_a_length_stays_shut(String window) {
    var windows = procedure("{windows: [" + window + "]}").windows();
    assertThat(windows.areOpen(NEW_YEAR)).isFalse();
  }

  @Test
  void one_that_can_be_read_opens_beside_one_that_cannot() {
    var windows =
        procedure(
                "{windows: [null, {schedule: '99 * * * *', duration: 1h}, {schedule: '0 0 * * *', duration: 1h}]}")
            .windows();
    assertThat(windows.areOpen(NEW_YEAR)).isTrue();
    assertThat(windows.areOpen(NEW_YEAR.plus(Duration.ofHours(2)))).isFalse();
  }

  @Test
  void a_strategy_of_a_newer_version_restarts_nothing() {
    assertThat(procedure("{restart: {maxParallel: 0}}").restart()).isEqualTo(Restart.NONE);
    assertThat(procedure("{restart: {strategy: null}}").restart().strategy())
        .isEqualTo(Strategy.None);
  }

  private static RotationProcedure procedure(String rotation) {
    return RotationProcedureReader.of(Optional.of(read(rotation)));
  }

  private static PolicyRotation read(String rotation) {
    return Written.as(PolicyRotation.class, rotation);
  }
}
