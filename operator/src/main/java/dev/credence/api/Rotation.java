// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(
    value = "!(has(self.interval) && has(self.schedule))",
    message = "`interval` may not be specified when `schedule` is set")
@ValidationRule(
    value = "!has(self.timeZone) || has(self.schedule)",
    message = "`timeZone` needs `schedule`")
@ValidationRule(
    value = Rotation.INTERVAL_AT_LEAST,
    message = Rotation.INTERVAL_AT_LEAST_SAYS,
    fieldPath = ".interval")
@ValidationRule(
    value = Rotation.OVERLAP_SHORTER,
    message = Rotation.OVERLAP_SHORTER_SAYS,
    fieldPath = ".overlap")
public record Rotation(
    @JsonPropertyDescription("The time between two rotations: 720h. At least 10s.")
        @Size(max = 24)
        @Pattern(Form.DURATION)
        String interval,
    @JsonPropertyDescription(
            "When the operator rotates the credential, in the cron syntax of a Kubernetes CronJob with five fields: `0 2 1 * *` is 02:00 on the first day of each month. Sunday is 0.")
        @Size(max = 128)
        @Pattern(Form.CRON)
        String schedule,
    @JsonPropertyDescription(
            "The time zone of `schedule`, by its IANA name such as Europe/Berlin. Default UTC.")
        @Size(max = 64)
        @Pattern(Form.ZONE)
        String timeZone,
    @JsonPropertyDescription(
            "How long the previous value stays readable as `<key>.previous` after a rotation. Default 24h, at most half of `interval`.")
        @Size(max = 24)
        @Pattern(Form.DURATION)
        String overlap) {

  // A text that is no duration has its own message; these rules then keep quiet.
  private static final String IS_DURATION = ".matches('" + Form.DURATION + "')";

  static final String INTERVAL_AT_LEAST =
      "!has(self.interval) || !self.interval"
          + IS_DURATION
          + " || duration(self.interval) >= duration('10s')";
  static final String INTERVAL_AT_LEAST_SAYS = "`interval` must be at least 10s";
  static final String OVERLAP_SHORTER =
      "!has(self.overlap) || !has(self.interval) || !self.interval"
          + IS_DURATION
          + " || !self.overlap"
          + IS_DURATION
          + " || duration(self.overlap) < duration(self.interval)";
  static final String OVERLAP_SHORTER_SAYS = "`overlap` must be shorter than `interval`";
}
