// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;

public record CredentialPolicySpec(
    @JsonPropertyDescription(
            "The precedence among policies. For each section, the operator takes the Enforce policy with the highest priority that matches the identity and has the section. At equal priority the first by name decides. Sections are never merged.")
        @Default("0")
        @Min(-1000000)
        @Max(1000000)
        Integer priority,
    @JsonPropertyDescription("The identities that the policy applies to. Default: all.")
        Match match,
    @JsonPropertyDescription(
            "Audit (default): the operator only reports in conditions and metrics what the policy would do. Enforce: the operator applies the sections, and a violation makes the identity not Ready.")
        @Default("Audit")
        Enforcement enforcement,
    @JsonPropertyDescription("The requirements for the owner of an identity.") OwnerRule owner,
    @JsonPropertyDescription(
            "Whether a user must approve what an identity requests before the operator creates or rotates anything for it.")
        Approval approval,
    @JsonPropertyDescription("The maximum lifetime of an identity, and the action when it expires.")
        Lifetime lifetime,
    @JsonPropertyDescription("When and how the operator rotates generated credentials.")
        PolicyRotation rotation,
    @JsonPropertyDescription("The rules for ServiceAccount tokens.") Tokens tokens,
    @JsonPropertyDescription(
            "The requirements for certificates, both linked and issued for identities. Under Enforce, the operator does not create a Certificate that violates a rule.")
        Certificates certificates,
    @JsonPropertyDescription(
            "The rules for the RBAC permissions of the ServiceAccounts of an identity.")
        Privileges privileges,
    @JsonPropertyDescription("The action when an identity is not used.") Idle idle,
    @JsonPropertyDescription(
            "The action when the ServiceAccounts of an identity behave differently than before. Requires audit events of the API server.")
        Behavior behavior,
    @JsonPropertyDescription("How often a user must confirm that an identity is still needed.")
        Review review,
    @JsonPropertyDescription(
            "The action for ServiceAccounts in the selected namespaces that belong to no identity.")
        Discovery discovery,
    @JsonPropertyDescription("Limits for the automatic actions of the policy.") Safety safety) {

  public enum Enforcement {
    Audit,
    Enforce
  }

  public record Match(
      @JsonPropertyDescription(
              "Selects the identities in namespaces with these labels. Default: all.")
          LabelSelector namespaceSelector,
      @JsonPropertyDescription(
              "Selects identities by their labels. Default: all. Users who can update an identity can change its labels and so leave the policy. Use namespaceSelector for policies that tenants must not leave.")
          LabelSelector identitySelector,
      @JsonPropertyDescription(
              "Selects identities by their type. Default: all. Users who can update an identity can change its type and so leave the policy.")
          @Size(max = 7)
          List<ActorType> types) {}

  public record Approval(
      @JsonPropertyDescription(
              "true: a user with the verb `approve` on machineidentities must approve the requested scope before the operator creates or rotates anything for the identity. Takes effect only where the policy enforces.")
          @Default("false")
          Boolean required) {}

  public enum OnExpiry {
    Report,
    Suspend
  }

  public record Discovery(
      @JsonPropertyDescription(
              "Disabled (default): no discovery. Report: the operator counts and lists unclaimed ServiceAccounts. Register: the operator also creates a MachineIdentity for each, which a user adopts.")
          @Default("Disabled")
          DiscoveryMode mode) {}

  public enum DiscoveryMode {
    Disabled,
    Report,
    Register
  }

  public enum Action {
    Report,
    Suspend
  }

  @ValidationRule(
      value =
          "!has(self.unusedFor) || !self.unusedFor.matches('"
              + Form.DURATION
              + "') || duration(self.unusedFor) >= duration('10s')",
      message = "`unusedFor` must be at least 10s",
      fieldPath = ".unusedFor")
  public record Idle(
      @JsonPropertyDescription(
              "How long an identity must be unused before it counts as idle: 2160h is 90 days. Kubernetes records the use of tokens by day.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String unusedFor,
      @JsonPropertyDescription(
              "Report (default): the operator reports it in a condition. Suspend: under Enforce, the operator suspends the identity.")
          @Default("Report")
          Action onIdle) {}

  @ValidationRule(
      value =
          "!has(self.learningTime) || !self.learningTime.matches('"
              + Form.DURATION
              + "') || duration(self.learningTime) >= duration('1h')",
      message = "`learningTime` must be at least 1h",
      fieldPath = ".learningTime")
  @ValidationRule(
      value = "!has(self.networks) || self.networks.all(one, !one.contains('/') || isCIDR(one))",
      message =
          "`networks` must contain CIDRs like 10.0.0.0/8, or names of networks that the audit receiver declares",
      fieldPath = ".networks")
  public record Behavior(
      @JsonPropertyDescription(
              "How long the operator learns the behavior of a ServiceAccount, counted from its first audit event. Nothing in this time is a finding. 336h (default) is 14 days.")
          @Default("336h")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String learningTime,
      @JsonPropertyDescription(
              "Networks from which requests are expected: CIDRs like 10.0.0.0/8, or names of networks that the audit receiver declares. Requests from them are no finding NewPlace. Default: none.")
          @Size(max = 64)
          List<@Size(min = 1, max = 63) @Pattern(Form.NETWORK) String> networks,
      @JsonPropertyDescription("Findings that are not reported. Default: none.") @Size(max = 13)
          List<BehaviorFinding> ignore,
      @JsonPropertyDescription(
              "The factor for the finding HighRate: an hour with more requests than this factor times the busiest hours of the week before. Default: 5.")
          @Default("5")
          @Min(2)
          @Max(1000)
          Integer rateFactor,
      @JsonPropertyDescription(
              "Ignore: no findings. Report (default): the operator reports findings in the status and a condition. Suspend: under Enforce, the operator also suspends the identity for a new finding RetiredVersionUsed, and for NewPlace if `networks` is set. Other findings never suspend, since other users can cause them.")
          @Default("Report")
          OnOdd onOdd) {}

  public enum OnOdd {
    Ignore,
    Report,
    Suspend
  }

  public enum BehaviorFinding {
    NewPlace,
    NewAgent,
    NewRight,
    NewNamespace,
    ForbiddenRequest,
    TokenRequested,
    UserImpersonated,
    CommandExecuted,
    SecretsListed,
    HighRate,
    UsedWhileSuspended,
    RetiredVersionUsed,
    PersonalClient
  }

  @ValidationRule(
      value =
          "!has(self.interval) || !self.interval.matches('"
              + Form.DURATION
              + "') || duration(self.interval) >= duration('10s')",
      message = "`interval` must be at least 10s",
      fieldPath = ".interval")
  public record Review(
      @JsonPropertyDescription(
              "The time until the next review is due, counted from the last review or from the creation of the identity: 2160h is 90 days.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String interval,
      @JsonPropertyDescription(
              "Report (default): the operator reports it in a condition. Suspend: under Enforce, the operator suspends the identity.")
          @Default("Report")
          Action onOverdue) {}

  @ValidationRule(
      value =
          "!has(self.unusedFor) || !self.unusedFor.matches('"
              + Form.DURATION
              + "') || duration(self.unusedFor) >= duration('24h')",
      message = "`unusedFor` must be at least 24h",
      fieldPath = ".unusedFor")
  public record Privileges(
      @JsonPropertyDescription(
              "The lowest severity of a finding that violates the policy: Low, Medium (default), High or Critical. The status lists all findings.")
          @Default("Medium")
          Severity minSeverity,
      @JsonPropertyDescription(
              "Accepted findings, each with a reason and an optional expiration time.")
          @Size(max = 64)
          List<RiskException> exceptions,
      @JsonPropertyDescription(
              "How long a right must not have been used before it counts as unused: 2160h is 90 days. Requires audit events for that time. Default: unused rights are not evaluated.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String unusedFor,
      @JsonPropertyDescription(
              "The action for unused rights. Report (default): an unused right violates the policy. Ignore: the operator does nothing.")
          @Default("Report")
          OnUnusedRights onUnused) {}

  public enum OnUnusedRights {
    Ignore,
    Report
  }

  public enum Severity {
    Low,
    Medium,
    High,
    Critical
  }

  public record RiskException(
      @JsonPropertyDescription("The name of the risk rule whose findings are accepted.")
          @Required
          @Size(min = 1, max = 63)
          String rule,
      @JsonPropertyDescription("Why the finding is accepted.")
          @Required
          @Size(min = 1, max = 1024)
          @Pattern(Form.LINE)
          String reason,
      @JsonPropertyDescription("When the exception expires. Default: never.")
          Instant expirationTime) {}

  public record Safety(
      @JsonPropertyDescription(
              "The maximum number of identities that the policy suspends automatically within an hour. Further suspensions wait with the reason SuspensionQueued. 0: none. Suspensions that users request do not count.")
          @Default("5")
          @Min(0)
          @Max(10000)
          Integer maxSuspensionsPerHour) {}

  public record OwnerRule(
      @JsonPropertyDescription("Whether an identity must have an owner.") @Default("false")
          Boolean required,
      @JsonPropertyDescription(
              "A regular expression (RE2) that the whole value of contact and backup must match, like [^@ ]+@example\\.com")
          @Size(min = 1, max = 512)
          String contactPattern,
      @JsonPropertyDescription("Whether the owner must also have a backup contact.")
          @Default("false")
          Boolean backupRequired) {}

  @ValidationRule(
      value =
          "!has(self.max) || !self.max.matches('"
              + Form.DURATION
              + "') || duration(self.max) >= duration('10s')",
      message = "`max` must be at least 10s",
      fieldPath = ".max")
  @ValidationRule(
      value =
          "!has(self.decommissionAfter) || !self.decommissionAfter.matches('"
              + Form.DURATION
              + "') || duration(self.decommissionAfter) >= duration('10s')",
      message = "`decommissionAfter` must be at least 10s",
      fieldPath = ".decommissionAfter")
  @ValidationRule(
      value = "!has(self.decommissionAfter) || (has(self.onExpiry) && self.onExpiry == 'Suspend')",
      message = "`decommissionAfter` needs `onExpiry: Suspend`",
      fieldPath = ".decommissionAfter")
  public record Lifetime(
      @JsonPropertyDescription(
              "The maximum lifetime of an identity, counted from its creation: 8760h is a year.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String max,
      @JsonPropertyDescription(
              "How long before its expiration the operator reports an identity in condition Expiring. It emits an Event at each of these times. Default 720h, 168h, 24h.")
          @Size(max = 8)
          List<@Size(max = 24) @Pattern(Form.DURATION) String> warnBefore,
      @JsonPropertyDescription(
              "The action when an identity has expired. Report (default): the operator reports it in a condition. Suspend: under Enforce, the operator suspends the identity.")
          @Default("Report")
          OnExpiry onExpiry,
      @JsonPropertyDescription(
              "How long an expired identity stays suspended before the operator decommissions it, which is final: 336h. Default: never decommissioned.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String decommissionAfter) {}

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
  @ValidationRule(
      value =
          "!has(self.interval) || !has(self.maxInterval) || !self.interval.matches('"
              + Form.DURATION
              + "') || !self.maxInterval.matches('"
              + Form.DURATION
              + "') || duration(self.interval) <= duration(self.maxInterval)",
      message = "`interval` must not be longer than `maxInterval`",
      fieldPath = ".interval")
  @ValidationRule(
      value =
          "!has(self.maxInterval) || !self.maxInterval.matches('"
              + Form.DURATION
              + "') || duration(self.maxInterval) >= duration('10s')",
      message = "`maxInterval` must be at least 10s",
      fieldPath = ".maxInterval")
  @ValidationRule(
      value =
          "!has(self.overlap) || !has(self.maxOverlap) || !self.overlap.matches('"
              + Form.DURATION
              + "') || !self.maxOverlap.matches('"
              + Form.DURATION
              + "') || duration(self.overlap) <= duration(self.maxOverlap)",
      message = "`maxOverlap` must not be shorter than `overlap`",
      fieldPath = ".maxOverlap")
  public record PolicyRotation(
      @JsonPropertyDescription(
              "The time between two rotations, for identities that do not set it: 720h. Without interval and schedule, the operator rotates only what the identity itself requests.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String interval,
      @JsonPropertyDescription(
              "When the operator rotates credentials, in the cron syntax of a Kubernetes CronJob with five fields: `0 2 1 * *` is 02:00 on the first day of each month. Sunday is 0.")
          @Size(max = 128)
          @Pattern(Form.CRON)
          String schedule,
      @JsonPropertyDescription(
              "The time zone of `schedule`, by its IANA name such as Europe/Berlin. Default UTC.")
          @Size(max = 64)
          @Pattern(Form.ZONE)
          String timeZone,
      @JsonPropertyDescription(
              "The longest rotation interval that an identity can request. It replaces a longer interval, or a schedule with longer gaps.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxInterval,
      @JsonPropertyDescription(
              "How long the previous value stays readable as `<key>.previous` after a rotation. Default 24h, at most half of `interval`.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String overlap,
      @JsonPropertyDescription(
              "The maximum overlap, counted from the rotation, while consumers still use the previous value. Default 168h, or until the next rotation is due.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxOverlap,
      @JsonPropertyDescription(
              "The action at the end of `maxOverlap` if consumers still use the previous value. Retire (default): the operator removes it and reports the consumers as left behind. Keep: the previous value stays valid until all consumers use the new one; the operator reports this, and the next rotation waits. The operator never keeps an expired token or a revoked value.")
          @Default("Retire")
          OnConsumersPending onConsumersPending,
      @JsonPropertyDescription(
              "The maintenance windows in which a rotation may start. Default: at any time. A rotation that has started continues outside the window.")
          @Size(max = 16)
          List<Window> windows,
      @JsonPropertyDescription("How the operator restarts consumers so that they read a new value.")
          Restart restart,
      @JsonPropertyDescription(
              "The number of failed hook attempts after which the operator stops a rotation. The credential is then Blocked, and the old value stays in effect.")
          @Default("5")
          @Min(1)
          @Max(20)
          Integer maxAttempts) {}

  public enum OnConsumersPending {
    Retire,
    Keep
  }

  @ValidationRule(
      value =
          "!self.duration.matches('"
              + Form.DURATION
              + "') || (duration(self.duration) >= duration('1s') && duration(self.duration) <= duration('168h'))",
      message = "`duration` must be between 1s and 168h",
      fieldPath = ".duration")
  public record Window(
      @JsonPropertyDescription(
              "When the window opens, in the cron syntax of a Kubernetes CronJob with five fields: `0 22 * * 1-5` is 22:00 from Monday to Friday. Sunday is 0.")
          @Required
          @Size(max = 128)
          @Pattern(Form.CRON)
          String schedule,
      @JsonPropertyDescription(
              "How long the window stays open: 6h. Midnight and daylight saving time do not change this duration.")
          @Required
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String duration,
      @JsonPropertyDescription(
              "The time zone of `schedule`, by its IANA name such as Europe/Berlin. Default UTC.")
          @Size(max = 64)
          @Pattern(Form.ZONE)
          String timeZone) {}

  @ValidationRule(
      value =
          "!has(self.timeout) || !self.timeout.matches('"
              + Form.DURATION
              + "') || duration(self.timeout) >= duration('10s')",
      message = "`timeout` must be at least 10s",
      fieldPath = ".timeout")
  public record Restart(
      @JsonPropertyDescription(
              "None (default): consumers read the new value without a restart. Rollout: the operator annotates the pod template of Deployments, StatefulSets and DaemonSets that use the Secret, and sets spec.restartAt of Argo Rollouts; it evicts pods of other controllers. Evict: it evicts all these pods and changes no field that Git declares. It evicts one pod of a controller at a time, within PodDisruptionBudgets.")
          @Default("None")
          Strategy strategy,
      @JsonPropertyDescription(
              "The number of workloads that the operator restarts at the same time.")
          @Default("1")
          @Min(1)
          @Max(100)
          Integer maxParallel,
      @JsonPropertyDescription(
              "How long a restart may take before the operator reports the workload as stuck; other restarts then wait for it. The operator waits equally long for a workload that is already unavailable for another reason, then restarts or reports it. Default 10m.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String timeout) {}

  public enum Strategy {
    None,
    Rollout,
    Evict
  }

  @ValidationRule(
      value =
          "!has(self.maxLifetime) || !self.maxLifetime.matches('"
              + Form.DURATION
              + "') || duration(self.maxLifetime) >= duration('10m')",
      message = "`maxLifetime` must be at least 10m",
      fieldPath = ".maxLifetime")
  public record Tokens(
      @JsonPropertyDescription(
              "The longest token lifetime that an identity can request: 24h. It replaces a longer one.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxLifetime,
      @JsonPropertyDescription(
              "The rules for Secrets with a ServiceAccount token that never expires.")
          LegacyTokens legacy) {}

  public record LegacyTokens(
      @JsonPropertyDescription(
              "How long a token must not have been used before it counts as unused: 2160h (default) is 90 days.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String unusedFor,
      @JsonPropertyDescription(
              "Ignore: the operator does nothing. Report (default): an unused token violates the policy. Invalidate: under Enforce, the operator invalidates an unused token, and the API server rejects it; the operator can make it valid again.")
          @Default("Report")
          OnUnused onUnused) {}

  @ValidationRule(
      value =
          "!has(self.maxDuration) || !self.maxDuration.matches('"
              + Form.DURATION
              + "') || duration(self.maxDuration) >= duration('1h')",
      message = "`maxDuration` must be at least 1h: cert-manager issues no shorter ones",
      fieldPath = ".maxDuration")
  @ValidationRule(
      value =
          "!has(self.minRenewBefore) || !self.minRenewBefore.matches('"
              + Form.DURATION
              + "') || duration(self.minRenewBefore) >= duration('5m')",
      message = "`minRenewBefore` must be at least 5m",
      fieldPath = ".minRenewBefore")
  @ValidationRule(
      value =
          "!has(self.minRenewBefore) || !has(self.maxDuration) || !self.minRenewBefore.matches('"
              + Form.DURATION
              + "') || !self.maxDuration.matches('"
              + Form.DURATION
              + "') || duration(self.minRenewBefore) < duration(self.maxDuration)",
      message =
          "`minRenewBefore` must be shorter than `maxDuration`: no certificate could satisfy both",
      fieldPath = ".minRenewBefore")
  public record Certificates(
      @JsonPropertyDescription(
              "The longest `duration` that a Certificate may request: 2160h is 90 days, which is also the default of cert-manager.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String maxDuration,
      @JsonPropertyDescription(
              "The latest renewal of a certificate, as a time before its expiration: 360h. cert-manager by default renews when a third of the validity is left.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String minRenewBefore,
      @JsonPropertyDescription("The issuers that may sign certificates. Default: all. At most 32.")
          @Size(max = 32)
          List<AllowedIssuer> allowedIssuers,
      @JsonPropertyDescription("The requirements for private keys.") Keys keys) {}

  public record AllowedIssuer(
      @JsonPropertyDescription("The API group of the issuer. Default: cert-manager.io.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String group,
      @JsonPropertyDescription(
              "The kind of the issuer: ClusterIssuer, Issuer (in any namespace), or a kind of the API group in `group`.")
          @Required
          @Size(min = 1, max = 63)
          @Pattern(Form.KIND)
          String kind,
      @JsonPropertyDescription("The name of the issuer. Default: all issuers of the kind.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String name) {}

  public record Keys(
      @JsonPropertyDescription("The allowed key algorithms. Default: all.") @Size(max = 3)
          List<CertificateMember.Algorithm> algorithms,
      @JsonPropertyDescription("The minimum size of an RSA key in bits: 3072.")
          @Min(2048)
          @Max(8192)
          Integer minRSA,
      @JsonPropertyDescription("The minimum size of an ECDSA key in bits: 256, 384 or 521.")
          @Min(256)
          @Max(521)
          Integer minECDSA) {}

  public enum OnUnused {
    Ignore,
    Report,
    Invalidate
  }
}
