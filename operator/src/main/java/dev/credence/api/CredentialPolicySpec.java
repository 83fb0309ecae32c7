package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record CredentialPolicySpec(
    @JsonPropertyDescription(
            "Of all policies that select an identity exactly one decides: the highest priority, then the first by name.")
        @Default("0")
        @Min(-1000000)
        @Max(1000000)
        Integer priority,
    @JsonPropertyDescription(
            "The namespaces whose identities are selected; left out or empty: all.")
        LabelSelector namespaceSelector,
    @JsonPropertyDescription(
            "The identities that are selected, by their labels; left out or empty: all.")
        LabelSelector identitySelector,
    @JsonPropertyDescription("The types of identities that are selected; left out or empty: all.")
        @Size(max = 7)
        List<ActorType> types,
    @JsonPropertyDescription(
            "Audit (default): a broken rule is shown in its condition and in metrics. Enforce: it also makes the identity not Ready.")
        @Default("Audit")
        Enforcement enforcement,
    @JsonPropertyDescription("Who must answer for an identity.") OwnerRule owner,
    @JsonPropertyDescription("How long an identity may exist.") Lifetime lifetime,
    @JsonPropertyDescription("How often generated values are replaced.") PolicyRotation rotation) {

  public enum Enforcement {
    Audit,
    Enforce
  }

  public record OwnerRule(
      @JsonPropertyDescription("Whether an identity must name an owner.") @Default("false")
          Boolean required,
      @JsonPropertyDescription(
              "What a contact and a backup must look like: a regular expression (RE2) for the whole value, like [^@ ]+@example\\.com")
          @Size(min = 1, max = 512)
          String contactPattern,
      @JsonPropertyDescription("Whether a backup must be named too.") @Default("false")
          Boolean backupRequired) {}

  @ValidationRule(
      value =
          "!has(self.max) || !self.max.matches('"
              + Form.DURATION
              + "') || duration(self.max) >= duration('10s')",
      message = "`max` must be at least 10s",
      fieldPath = ".max")
  public record Lifetime(
      @JsonPropertyDescription(
              "How long after its creation an identity ends at the latest: 8760h is a year.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String max,
      @JsonPropertyDescription(
              "How long before its end an identity is shown as Expiring, with an Event at each. Default 720h, 168h, 24h.")
          @Size(max = 8)
          List<@Size(max = 24) @Pattern(Form.DURATION) String> warnBefore) {}

  @ValidationRule(
      value = "!(has(self.every) && has(self.schedule))",
      message = "`every` may not be specified when `schedule` is set")
  @ValidationRule(
      value = "!has(self.timeZone) || has(self.schedule)",
      message = "`timeZone` needs `schedule`")
  @ValidationRule(
      value = Rotation.EVERY_AT_LEAST,
      message = Rotation.EVERY_AT_LEAST_SAYS,
      fieldPath = ".every")
  @ValidationRule(
      value = Rotation.OVERLAP_SHORTER,
      message = Rotation.OVERLAP_SHORTER_SAYS,
      fieldPath = ".overlap")
  @ValidationRule(
      value =
          "!has(self.every) || !has(self.maxEvery) || !self.every.matches('"
              + Form.DURATION
              + "') || !self.maxEvery.matches('"
              + Form.DURATION
              + "') || duration(self.every) <= duration(self.maxEvery)",
      message = "`every` must not be longer than `maxEvery`",
      fieldPath = ".every")
  @ValidationRule(
      value =
          "!has(self.maxEvery) || !self.maxEvery.matches('"
              + Form.DURATION
              + "') || duration(self.maxEvery) >= duration('10s')",
      message = "`maxEvery` must be at least 10s",
      fieldPath = ".maxEvery")
  public record PolicyRotation(
      @JsonPropertyDescription(
              "How long a value lives before the next one, for identities that say nothing: 720h. Left out (and no schedule): nothing is rotated unless the identity asks for it.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String every,
      @JsonPropertyDescription(
              "When values are replaced, as five fields of cron: `0 2 1 * *` is the first of each month at two.")
          @Size(max = 128)
          @Pattern(Form.CRON)
          String schedule,
      @JsonPropertyDescription("The time zone of `schedule`; UTC where it is left out.")
          @Size(max = 64)
          @Pattern(Form.ZONE)
          String timeZone,
      @JsonPropertyDescription(
              "The longest life of a value that an identity may ask for. Where it asks for more, or for a schedule with longer gaps, this holds.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxEvery,
      @JsonPropertyDescription(
              "How long the old value stays readable as `<key>.previous` beside the new one. Default 24h, at most half of `every`.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String overlap) {}
}
