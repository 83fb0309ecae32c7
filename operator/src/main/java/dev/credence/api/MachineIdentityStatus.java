// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;

public record MachineIdentityStatus(
    @JsonPropertyDescription("The generation of the spec that this status describes.")
        Long observedGeneration,
    @JsonPropertyDescription("The lifecycle state of the identity.") LifeState state,
    @JsonPropertyDescription("The kind of actor.") ActorType type,
    @JsonPropertyDescription(
            "The rule by which the operator derived the type. Absent if the spec sets it.")
        @Size(max = 63)
        String typeReason,
    @JsonPropertyDescription(
            "The owner of the identity. Absent if neither the identity nor its namespace names one.")
        OwnerStatus owner,
    @JsonPropertyDescription(
            "The policies that match the identity, the highest priority first, and the sections that each decides. At most 32. Absent if none matches.")
        @Size(max = 32)
        List<PolicyRef> policies,
    @JsonPropertyDescription(
            "When the identity expires: its own expirationTime or the lifetime.max of the policy, whichever is earlier.")
        Instant expirationTime,
    @JsonPropertyDescription("When the next scheduled action of the operator is due.")
        Instant nextActionTime,
    @JsonPropertyDescription(
            "The number of members, and of members that the operator could not link.")
        MemberCounts members,
    @JsonPropertyDescription(
            "The credentials of the identity, members listed by name first. At most 256; members counts all.")
        @Size(max = 256)
        List<CredentialStatus> credentials,
    @JsonPropertyDescription("The last use of the identity that the operator observed.")
        UsageStatus usage,
    @JsonPropertyDescription("Risky RBAC permissions of the ServiceAccounts of the identity.")
        RiskStatus risk,
    @JsonPropertyDescription(
            "Odd behavior of the ServiceAccounts of the identity, as audit events of the API server show it. Absent if there is none.")
        BehaviorStatus behavior,
    @JsonPropertyDescription("The last review of the identity, and when the next one is due.")
        ReviewStatus review,
    @JsonPropertyDescription(
            "The suspension of the identity and the measures in effect. Only present while it is suspended.")
        SuspensionStatus suspension,
    @JsonPropertyDescription(
            "Tokens without expiration that the operator invalidated. By this record it detects another Secret with the same name. At most 256.")
        @Size(max = 256)
        List<EndedToken> endedTokens,
    @JsonPropertyDescription(
            "The approved scope, and the user who approved it. This record stays valid when the annotation changes or is removed.")
        ApprovalStatus approval,
    @JsonPropertyDescription(
            "The last 10 changes of the lifecycle state. Rotations are not recorded.")
        @Size(max = 10)
        List<Passage> history,
    @JsonPropertyDescription("The last requests on the identity that the operator handled.")
        Handled handled,
    @JsonPropertyDescription(
            "The conditions of the identity, each with a reason and a message. Ready summarizes the others.")
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
        behavior,
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
      @JsonPropertyDescription(
              "The last day on which the operator observed a use, in UTC: 2026-11-20.")
          @Size(max = 10)
          String lastUsedTime,
      @JsonPropertyDescription(
              "The evidence of the use: TokenLabel (the API server received its token), AuditEvent (an audit event of the API server), Pod (a pod runs) or Reference (an object refers to it). Absent if there is none.")
          UsageSource source,
      @JsonPropertyDescription(
              "The day on which the last object that referred to it was deleted, in UTC. Only present while no object refers to it.")
          @Size(max = 10)
          String referencedUntil) {}

  public enum UsageSource {
    TokenLabel,
    Pod,
    Reference,
    AuditEvent
  }

  public record RiskStatus(
      @JsonPropertyDescription("The highest severity of the findings, or None.") @Required
          RiskLevel level,
      @JsonPropertyDescription("The number of critical findings.") Integer critical,
      @JsonPropertyDescription("The number of high findings.") Integer high,
      @JsonPropertyDescription("The number of medium findings.") Integer medium,
      @JsonPropertyDescription("The number of low findings.") Integer low,
      @JsonPropertyDescription(
              "The findings, the most severe first. At most 32; the numbers count all.")
          @Size(max = 32)
          List<FindingStatus> findings,
      @JsonPropertyDescription(
              "Bindings of its ServiceAccounts that the operator does not evaluate, since the chart value `settings.risk.exclude` lists them. At most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> excluded,
      @JsonPropertyDescription(
              "The use of the rights of its ServiceAccounts. Only present if a policy sets `privileges.unusedFor` and audit events cover that time.")
          RightsStatus rights) {
    public RiskStatus {
      findings = findings == null || findings.isEmpty() ? null : findings;
      excluded = excluded == null || excluded.isEmpty() ? null : excluded;
    }
  }

  public record RightsStatus(
      @JsonPropertyDescription(
              "The number of rights: each verb on each resource in each binding that names a ServiceAccount of the identity.")
          Integer total,
      @JsonPropertyDescription("The number of rights that were not used.") Integer unused,
      @JsonPropertyDescription(
              "The number of rights for which audit events do not show whether they were used.")
          Integer unknown,
      @JsonPropertyDescription(
              "Bindings without a used right, which can be removed: ClusterRoleBinding/crm-view. At most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> remove,
      @JsonPropertyDescription(
              "Bindings with rights that were not used, whose roles can be reduced. At most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> reduce) {
    public RightsStatus {
      remove = remove == null || remove.isEmpty() ? null : remove;
      reduce = reduce == null || reduce.isEmpty() ? null : reduce;
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
      @JsonPropertyDescription("The name of the risk rule.") @Required @Size(max = 63) String rule,
      @JsonPropertyDescription("The severity of the finding.") @Required RiskLevel severity,
      @JsonPropertyDescription(
              "The binding that grants the permission: ClusterRoleBinding/crm-view.")
          @Size(max = 1024)
          String via,
      @JsonPropertyDescription("The finding in a sentence.") @Size(max = 1024) String detail) {}

  public record BehaviorStatus(
      @JsonPropertyDescription(
              "The findings that are open, the newest first. At most 10. A finding is open until a user reviews the identity, or for 720h (30 days).")
          @Size(max = 10)
          List<OddFinding> findings,
      @JsonPropertyDescription(
              "Findings before this time never suspend the identity. Only present if a policy suspends for findings.")
          Instant suspendsFromTime,
      @JsonPropertyDescription(
              "When a policy suspended the identity for a finding. Only present until a user reviews the identity.")
          Instant suspensionTime) {
    public BehaviorStatus {
      findings = findings == null || findings.isEmpty() ? null : findings;
    }
  }

  public record OddFinding(
      @JsonPropertyDescription("The type of the finding.") @Required
          CredentialPolicySpec.BehaviorFinding type,
      @JsonPropertyDescription("The ServiceAccount that sent the requests.")
          @Required
          @Size(max = 253)
          String serviceAccountName,
      @JsonPropertyDescription("The time of the first event of the finding.") @Required
          Instant firstTime,
      @JsonPropertyDescription(
              "The time of the last event of the finding. Later events of what was found before do not change it.")
          @Required
          Instant lastTime,
      @JsonPropertyDescription(
              "How many findings of this type there are, such as networks. Absent if there is one.")
          Integer count,
      @JsonPropertyDescription("The network of the last event: 203.0.113.0/24.") @Size(max = 63)
          String network,
      @JsonPropertyDescription("The program of the last event, by its User-Agent.") @Size(max = 64)
          String agent,
      @JsonPropertyDescription("The ID of the last event in the audit log.") @Size(max = 64)
          String auditID,
      @JsonPropertyDescription("The last event in a sentence.") @Size(max = 1024) String message) {}

  public record ReviewStatus(
      @JsonPropertyDescription(
              "When the next review is due. Only present if a policy requires reviews.")
          Instant dueTime,
      @JsonPropertyDescription("When a user last reviewed the identity.") Instant reviewTime,
      @JsonPropertyDescription("The user who reviewed the identity.") @Size(max = 1024)
          String reviewedBy,
      @JsonPropertyDescription(
              "A review annotation that the operator ignores: no admission policy verified its author, or its time was in the future.")
          @Size(max = 1024)
          String disregarded,
      @JsonPropertyDescription(
              "The installation of the admission policy that was in effect at the last reconcile.")
          @Size(max = 63)
          String checkedBy) {}

  public record SuspensionStatus(
      @JsonPropertyDescription("When the suspension started.") @Required Instant startTime,
      @JsonPropertyDescription(
              "The reason of the suspension: Requested, Expired, Idle, ReviewOverdue, OddBehavior or Compromised.")
          @Required
          @Size(max = 63)
          String reason,
      @JsonPropertyDescription(
              "The measures in effect, as the operator observed them on the API server that it is connected to.")
          @Size(max = 8)
          List<Measure> inForce,
      @JsonPropertyDescription(
              "What the identity can still do, and the manual steps that remain. At most 32.")
          @Size(max = 32)
          List<@Size(max = 1024) String> notCovered) {
    public SuspensionStatus {
      inForce = inForce == null || inForce.isEmpty() ? null : inForce;
      notCovered = notCovered == null || notCovered.isEmpty() ? null : notCovered;
    }
  }

  public record EndedToken(
      @JsonPropertyDescription("The name of the Secret.") @Required @Size(max = 253) String secret,
      @JsonPropertyDescription("The ServiceAccount of the token.") @Required @Size(max = 253)
          String serviceAccount,
      @JsonPropertyDescription(
              "The UID of the ServiceAccount. The API server accepts the token for no other ServiceAccount.")
          @Required
          @Size(max = 63)
          String serviceAccountUid,
      @JsonPropertyDescription("Why the operator invalidated the token: Suspended or Unused.")
          @Required
          EndedFor reason) {}

  public enum EndedFor {
    Suspended,
    Unused
  }

  public enum Measure {
    TokensInvalidated,
    WritesDenied,
    NoNewTokens,
    AccountsLocked
  }

  public record ApprovalStatus(
      @JsonPropertyDescription("The approved scope, as it was shown to the approver.")
          @Size(max = 64)
          String scope,
      @JsonPropertyDescription("The user who approved the scope.") @Size(max = 1024)
          String approvedBy,
      @JsonPropertyDescription("When the operator recorded the approval.") Instant approveTime,
      @JsonPropertyDescription(
              "The approved hooks: the Secret, the step, the CronJob and what it runs.")
          @Size(max = 384)
          List<@Size(max = 1024) String> hooks,
      @JsonPropertyDescription(
              "An approval annotation that the operator ignores, since no admission policy verified its author.")
          @Size(max = 1024)
          String disregarded) {
    public ApprovalStatus {
      hooks = hooks == null || hooks.isEmpty() ? null : hooks;
    }
  }

  public record Passage(
      @JsonPropertyDescription("When the state changed.") @Required Instant time,
      @JsonPropertyDescription("The state before the change.") @Required LifeState from,
      @JsonPropertyDescription("The state after the change.") @Required LifeState to,
      @JsonPropertyDescription("The reason of the change.") @Required @Size(max = 63)
          String reason) {}

  public record OwnerStatus(
      @JsonPropertyDescription("The person or mailing list to contact.") @Size(max = 1024)
          String contact,
      @JsonPropertyDescription("The team that owns the identity.") @Size(max = 1024) String team,
      @JsonPropertyDescription(
              "The source of the contact: Spec, or Namespace (the annotation credence.dev/owner).")
          @Required
          Source source) {}

  public enum Source {
    Spec,
    Namespace
  }

  public record PolicyRef(
      @JsonPropertyDescription("The name of the CredentialPolicy.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("The generation of the policy that was evaluated.") @Required
          Long generation,
      @JsonPropertyDescription(
              "Enforce: the operator applies the sections. Audit: the operator only reports what the sections would change.")
          @Required
          CredentialPolicySpec.Enforcement enforcement,
      @JsonPropertyDescription(
              "The sections that this policy decides. Under Audit, those that it would decide. Absent if other policies decide all its sections.")
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
      @JsonPropertyDescription("Members listed by name that do not exist.") Integer missing,
      @JsonPropertyDescription(
              "Members that the operator cannot create, since an object not managed by Credence has the name.")
          Integer notManaged,
      @JsonPropertyDescription("Members that belong to another identity.") Integer conflicted) {
    public static final MemberCounts NONE = new MemberCounts(null, null, null, null, null, null);
  }

  public record CredentialStatus(
      @JsonPropertyDescription("The name of the Secret or Certificate.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("The type of the credential.") @Required CredentialType type,
      @JsonPropertyDescription("The rotation state of the credential.") @Required
          CredentialState state,
      @JsonPropertyDescription(
              "The version of the current value: the number of values issued so far.")
          Long version,
      @JsonPropertyDescription("When the current value was issued.") Instant issueTime,
      @JsonPropertyDescription("When the next rotation is due.") Instant nextRotationTime,
      @JsonPropertyDescription(
              "When the operator removes the previous value. Only present during the overlap.")
          Instant previousRetirementTime,
      @JsonPropertyDescription("When the current value expires.") Instant expirationTime,
      @JsonPropertyDescription("The account in another system that the credential authenticates.")
          SecretMember.Account account,
      @JsonPropertyDescription(
              "The consumers of the Secret: workloads, and pods without a workload. Counted from a rotation until the operator removes the old value.")
          Consumers consumers,
      @JsonPropertyDescription("The last requests on this Secret that the operator handled.")
          Handled handled,
      @JsonPropertyDescription(
              "The number of consecutive failed issuances by cert-manager. Only present if the last one failed.")
          Integer failedAttempts,
      @JsonPropertyDescription(
              "The revision of the Certificate for which the operator requested a renewal. Only present until the renewal succeeds or fails.")
          Integer renewing,
      @JsonPropertyDescription(
              "The rotation schedule in effect. Absent if the credential is not rotated on a schedule.")
          EffectiveRotation rotation,
      @JsonPropertyDescription(
              "The last probe of the credential. Absent without `hooks.probe`, and before the first probe of the current value.")
          ProbeStatus probe,
      @JsonPropertyDescription(
              "The last day on which the API server received the current token, in UTC, by audit events: 2026-11-20.")
          @Size(max = 10)
          String lastUsedTime,
      @JsonPropertyDescription(
              "The last hour in which the API server received the previous token, by audit events. Only present during the overlap.")
          Instant previousLastUsedTime,
      @JsonPropertyDescription("The problem with the credential, or what the operator waits for.")
          @Size(max = 1024)
          String message) {}

  public record ProbeStatus(
      @JsonPropertyDescription("When the operator started the last probe.") @Required
          Instant startTime,
      @JsonPropertyDescription(
              "The result of the last probe that has finished: Passed or Failed. Absent before the first one.")
          ProbeResult result,
      @JsonPropertyDescription("Why it failed.") @Size(max = 1024) String message) {}

  public enum ProbeResult {
    Passed,
    Failed
  }

  public record EffectiveRotation(
      @JsonPropertyDescription("How often the credential is rotated.") @Size(max = 24)
          String interval,
      @JsonPropertyDescription("When the credential is rotated, in cron syntax with five fields.")
          @Size(max = 128)
          String schedule,
      @JsonPropertyDescription("The time zone of `schedule`.") @Size(max = 64) String timeZone,
      @JsonPropertyDescription("How long the previous value stays valid after a rotation.")
          @Size(max = 24)
          String overlap,
      @JsonPropertyDescription(
              "The source of interval or schedule: Spec, Policy/<name> or Default.")
          @Required
          @Size(max = 270)
          String source) {}

  public record Consumers(
      @JsonPropertyDescription("The number of consumers of the Secret.") @Required Integer total,
      @JsonPropertyDescription(
              "The number of consumers that started after the current value was issued.")
          @Required
          Integer current,
      @JsonPropertyDescription(
              "The number of consumers that still use a value that is no longer valid. Absent if there are none.")
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
    Revoked,
    Locked
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
