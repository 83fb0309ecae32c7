// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;

public record MachineIdentityStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        Long observedGeneration,
    @JsonPropertyDescription("Where the identity is in its life.") LifeState state,
    @JsonPropertyDescription("What kind of actor it is.") ActorType type,
    @JsonPropertyDescription(
            "The rule that classified the type. Absent where the spec declares it.")
        @Size(max = 63)
        String typeReason,
    @JsonPropertyDescription(
            "The owner. Absent where neither the identity nor its namespace names one.")
        OwnerStatus owner,
    @JsonPropertyDescription(
            "The policies that match the identity, the highest priority first, and the sections that each decides. At most 32; absent where none matches.")
        @Size(max = 32)
        List<PolicyRef> policies,
    @JsonPropertyDescription(
            "When the identity ends: its own expirationTime or the policy's lifetime.max, whichever is earlier.")
        Instant expirationTime,
    @JsonPropertyDescription("When the operator has something to do by itself.")
        Instant nextActionTime,
    @JsonPropertyDescription("How many members there are, and how many could not be linked.")
        MemberCounts members,
    @JsonPropertyDescription(
            "What proves the identity. Named ones first; at most 256, members counts them all.")
        @Size(max = 256)
        List<CredentialStatus> credentials,
    @JsonPropertyDescription("When the identity was last seen at work, as far as that is known.")
        UsageStatus usage,
    @JsonPropertyDescription("What its accounts may do that is dangerous.") RiskStatus risk,
    @JsonPropertyDescription("When somebody last confirmed that the identity is still needed.")
        ReviewStatus review,
    @JsonPropertyDescription(
            "What keeps the identity from acting. Only while it is out of service.")
        SuspensionStatus suspension,
    @JsonPropertyDescription(
            "Tokens that never expire and that the operator ended: its memory, by which it notices when another Secret takes their name. At most 256.")
        @Size(max = 256)
        List<EndedToken> endedTokens,
    @JsonPropertyDescription(
            "What was approved, and by whom: the operator's own record, which counts whatever becomes of the annotation.")
        ApprovalStatus approval,
    @JsonPropertyDescription("The last 10 times that the identity went in or out of service.")
        @Size(max = 10)
        List<Passage> history,
    @JsonPropertyDescription("The last requests by annotation that were acted upon.")
        Handled handled,
    @JsonPropertyDescription(
            "What is true of the identity, each with a reason and a message: Ready sums them up.")
        @Size(max = 16)
        List<Condition> conditions) {

  /// A list that was left out is read back as an empty one, and is the same.
  public MachineIdentityStatus {
    policies = policies == null || policies.isEmpty() ? null : policies;
    credentials = credentials == null || credentials.isEmpty() ? null : credentials;
    endedTokens = endedTokens == null || endedTokens.isEmpty() ? null : endedTokens;
    history = history == null || history.isEmpty() ? null : history;
  }

  /// The same with other conditions, for this generation of the spec.
  public MachineIdentityStatus with(Long generation, List<Condition> conditions) {
    return new MachineIdentityStatus(
        generation,
        state,
        type,
        typeReason,
        owner,
        policies,
        expirationTime,
        nextActionTime,
        members,
        credentials,
        usage,
        risk,
        review,
        suspension,
        endedTokens,
        approval,
        history,
        handled,
        conditions);
  }

  public enum LifeState {
    Requested,
    Provisioning,
    Active,
    Rotating,
    Suspended,
    Decommissioned
  }

  public record UsageStatus(
      @JsonPropertyDescription("The last day on which it was seen at work, in UTC: 2026-11-20.")
          @Size(max = 10)
          String lastUsedTime,
      @JsonPropertyDescription(
              "What shows it: TokenLabel (the API server saw its token), Pod (one runs) or Reference (something is set up to use it). Absent where nothing does.")
          UsageSource source,
      @JsonPropertyDescription(
              "The day on which the last of what was set up to use it went, in UTC. Only while nothing is.")
          @Size(max = 10)
          String referencedUntil) {}

  public enum UsageSource {
    TokenLabel,
    Pod,
    Reference
  }

  public record RiskStatus(
      @JsonPropertyDescription("The highest severity of the findings, or None.") @Required
          RiskLevel level,
      @JsonPropertyDescription("How many findings are critical.") Integer critical,
      @JsonPropertyDescription("How many are high.") Integer high,
      @JsonPropertyDescription("How many are medium.") Integer medium,
      @JsonPropertyDescription("How many are low.") Integer low,
      @JsonPropertyDescription("The worst first; at most 32, the numbers count them all.")
          @Size(max = 32)
          List<FindingStatus> findings,
      @JsonPropertyDescription(
              "Bindings of its accounts that were not judged, since the setting `settings.risk.exclude` names them; at most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> excluded) {
    public RiskStatus {
      findings = findings == null || findings.isEmpty() ? null : findings;
      excluded = excluded == null || excluded.isEmpty() ? null : excluded;
    }
  }

  public enum RiskLevel {
    None,
    Low,
    Medium,
    High,
    Critical
  }

  public record FindingStatus(
      @JsonPropertyDescription("The rule, as in the reference.") @Required @Size(max = 63)
          String rule,
      @JsonPropertyDescription("How bad it is.") @Required RiskLevel severity,
      @JsonPropertyDescription("What grants it: ClusterRoleBinding/crm-view.") @Size(max = 1024)
          String via,
      @JsonPropertyDescription("What is found, in a sentence.") @Size(max = 1024) String detail) {}

  public record ReviewStatus(
      @JsonPropertyDescription("When the next review is due. Only where a policy asks for one.")
          Instant dueTime,
      @JsonPropertyDescription("When it was last reviewed.") Instant reviewTime,
      @JsonPropertyDescription("Who reviewed it.") @Size(max = 1024) String reviewedBy,
      @JsonPropertyDescription(
              "An annotation that does not count: nobody checked who wrote it, or its time was to come.")
          @Size(max = 1024)
          String disregarded,
      @JsonPropertyDescription(
              "The installation of the admission policy that was in force at the last reconcile.")
          @Size(max = 63)
          String checkedBy) {}

  public record SuspensionStatus(
      @JsonPropertyDescription("Since when.") @Required Instant startTime,
      @JsonPropertyDescription("Why: Requested, Expired, Idle, ReviewOverdue or Compromised.")
          @Required
          @Size(max = 63)
          String reason,
      @JsonPropertyDescription(
              "What is denied to it by now, as the API server does that answers the operator.")
          @Size(max = 8)
          List<Measure> inForce,
      @JsonPropertyDescription(
              "What it may still be able to do, and what is left to be done by people. At most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> notCovered) {
    public SuspensionStatus {
      inForce = inForce == null || inForce.isEmpty() ? null : inForce;
      notCovered = notCovered == null || notCovered.isEmpty() ? null : notCovered;
    }
  }

  public record EndedToken(
      @JsonPropertyDescription("The name of the Secret.") @Required @Size(max = 253) String secret,
      @JsonPropertyDescription("The ServiceAccount whose token it is.") @Required @Size(max = 253)
          String serviceAccount,
      @JsonPropertyDescription(
              "The UID of the ServiceAccount: the token is never accepted for another one.")
          @Required
          @Size(max = 63)
          String serviceAccountUid,
      @JsonPropertyDescription("Why it was ended: Suspended or Unused.") @Required
          EndedFor reason) {}

  public enum EndedFor {
    Suspended,
    Unused
  }

  public enum Measure {
    TokensInvalidated,
    WritesDenied,
    NoNewTokens
  }

  public record ApprovalStatus(
      @JsonPropertyDescription("What was approved, as it was shown.") @Size(max = 64) String scope,
      @JsonPropertyDescription("Who approved it.") @Size(max = 1024) String approvedBy,
      @JsonPropertyDescription("When the operator saw the approval.") Instant approveTime,
      @JsonPropertyDescription(
              "The hooks that were approved: Secret, step, CronJob and what it runs.")
          @Size(max = 192)
          List<@Size(max = 1024) String> hooks,
      @JsonPropertyDescription(
              "An annotation that does not count, since nobody checked who wrote it.")
          @Size(max = 1024)
          String disregarded) {
    public ApprovalStatus {
      hooks = hooks == null || hooks.isEmpty() ? null : hooks;
    }
  }

  public record Passage(
      @JsonPropertyDescription("When.") @Required Instant time,
      @JsonPropertyDescription("The state before.") @Required LifeState from,
      @JsonPropertyDescription("The state from then on.") @Required LifeState to,
      @JsonPropertyDescription("Why.") @Required @Size(max = 63) String reason) {}

  public record OwnerStatus(
      @JsonPropertyDescription("The person to call.") @Size(max = 1024) String contact,
      @JsonPropertyDescription("The team.") @Size(max = 1024) String team,
      @JsonPropertyDescription(
              "Where the contact comes from: Spec, or Namespace (the annotation credence.dev/owner).")
          @Required
          Source source) {}

  public enum Source {
    Spec,
    Namespace
  }

  public record PolicyRef(
      @JsonPropertyDescription("The CredentialPolicy's name.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("The generation of the policy that was evaluated.") @Required
          Long generation,
      @JsonPropertyDescription(
              "Enforce: its sections apply. Audit: they are evaluated as if they applied, and what would differ is reported.")
          @Required
          CredentialPolicySpec.Enforcement enforcement,
      @JsonPropertyDescription(
              "The sections of the policy that decide; under Audit, those that would. Absent where other policies decide all of its sections.")
          @Size(max = 16)
          List<@Size(max = 16) String> sections) {
    public PolicyRef {
      sections = sections == null || sections.isEmpty() ? null : sections;
    }
  }

  public record MemberCounts(
      @JsonPropertyDescription("ServiceAccounts that belong to the identity.")
          Integer serviceAccounts,
      @JsonPropertyDescription("Secrets that belong to the identity.") Integer secrets,
      @JsonPropertyDescription("Certificates that belong to the identity.") Integer certificates,
      @JsonPropertyDescription("Named members that do not exist.") Integer missing,
      @JsonPropertyDescription("Members to be made whose name is taken by an object of others.")
          Integer notManaged,
      @JsonPropertyDescription("Members that another identity has.") Integer conflicted) {
    public static final MemberCounts NONE = new MemberCounts(null, null, null, null, null, null);
  }

  public record CredentialStatus(
      @JsonPropertyDescription("The name of the Secret or Certificate.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("What it is.") @Required CredentialType type,
      @JsonPropertyDescription("Where it is in its rotation.") @Required CredentialState state,
      @JsonPropertyDescription("Counts the values that were issued under this name.") Long version,
      @JsonPropertyDescription("When the current value was issued.") Instant issueTime,
      @JsonPropertyDescription("When the next value is due.") Instant nextRotationTime,
      @JsonPropertyDescription("When the previous value goes. Only while it is still there.")
          Instant previousRetirementTime,
      @JsonPropertyDescription("When the current value ends by itself.") Instant expirationTime,
      @JsonPropertyDescription("The account elsewhere that it opens.") SecretMember.Account account,
      @JsonPropertyDescription(
              "Who uses the Secret: workloads, and pods that belong to none. Counted from a new value until the old one is gone.")
          Consumers consumers,
      @JsonPropertyDescription("The last requests on this Secret that were acted upon.")
          Handled handled,
      @JsonPropertyDescription(
              "How often in a row cert-manager has failed to issue it. Only for a Certificate whose last attempt failed.")
          Integer failedAttempts,
      @JsonPropertyDescription(
              "The revision of the Certificate that is to be followed by another, since a new one was asked for. Only until that has come, or has failed.")
          Integer renewing,
      @JsonPropertyDescription(
              "The rotation in effect. Absent where nothing rotates the credential on a schedule.")
          EffectiveRotation rotation,
      @JsonPropertyDescription("What is the matter with it, or what is waited for.")
          @Size(max = 1024)
          String message) {}

  public record EffectiveRotation(
      @JsonPropertyDescription("How often the credential is rotated.") @Size(max = 24)
          String interval,
      @JsonPropertyDescription("When it is rotated, as five fields of cron.") @Size(max = 128)
          String schedule,
      @JsonPropertyDescription("The time zone of `schedule`.") @Size(max = 64) String timeZone,
      @JsonPropertyDescription("How long the previous value stays valid.") @Size(max = 24)
          String overlap,
      @JsonPropertyDescription(
              "Where interval or schedule come from: Spec, Policy/<name> or Default.")
          @Required
          @Size(max = 270)
          String source) {}

  public record Consumers(
      @JsonPropertyDescription("How many use the Secret.") @Required Integer total,
      @JsonPropertyDescription("How many of them have started since the current value was issued.")
          @Required
          Integer current,
      @JsonPropertyDescription(
              "How many of them still use a value that is no longer valid. Absent where there are none.")
          Integer leftBehind) {}

  public enum CredentialType {
    Generated,
    Token,
    Certificate,
    LegacyToken,
    Linked
  }

  public enum CredentialState {
    Pending,
    Fresh,
    Due,
    Deferred,
    Applying,
    Verifying,
    Restarting,
    Overlapping,
    Retiring,
    Blocked,
    Expired,
    Revoked
  }

  public record Handled(
      @JsonPropertyDescription("The value of the annotation credence.dev/rotate.") @Size(max = 1024)
          String rotate,
      @JsonPropertyDescription("The value of the annotation credence.dev/rollback.")
          @Size(max = 1024)
          String rollback,
      @JsonPropertyDescription("The value of the annotation credence.dev/abort.") @Size(max = 1024)
          String abort,
      @JsonPropertyDescription("The value of the annotation credence.dev/revoke.") @Size(max = 1024)
          String revoke,
      @JsonPropertyDescription("The value of the annotation credence.dev/rotate-now.")
          @Size(max = 1024)
          String rotateNow,
      @JsonPropertyDescription("The value of `rotationRequest` in the spec.") @Size(max = 1024)
          String rotationRequest) {

    /// Those of the other annotations alone.
    public Handled(String rotate, String rollback, String abort, String revoke) {
      this(rotate, rollback, abort, revoke, null, null);
    }
  }
}
