// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.decide.certificate.CertificatePlan;
import dev.credence.decide.conditions.CredentialsFresh;
import dev.credence.decide.conditions.HandledRequests;
import dev.credence.decide.conditions.MembersLinked;
import dev.credence.decide.conditions.Ready;
import dev.credence.decide.conditions.RuleSection;
import dev.credence.decide.lifecycle.BehaviorChanged;
import dev.credence.decide.lifecycle.Expiring;
import dev.credence.decide.lifecycle.InUse;
import dev.credence.decide.lifecycle.LegacyTokens;
import dev.credence.decide.lifecycle.ServiceState;
import dev.credence.decide.lifecycle.Suspended;
import dev.credence.decide.lifecycle.TokenUses;
import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.Membership;
import dev.credence.decide.membership.OwnerReferences;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.membership.ServiceAccountPlan;
import dev.credence.decide.policy.Approved;
import dev.credence.decide.policy.Classification;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.decide.policy.OwnerAssigned;
import dev.credence.decide.policy.Reviewed;
import dev.credence.decide.probe.Probe;
import dev.credence.decide.risk.LeastPrivilege;
import dev.credence.decide.rotation.ConsumerRestarts;
import dev.credence.decide.rotation.ConsumerRestarts.SwitchedSecret;
import dev.credence.decide.rotation.CredentialPlan;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.decide.rotation.Decommissioning;
import dev.credence.decide.rotation.LinkedSecrets;
import dev.credence.decide.rotation.MetadataUpdate;
import dev.credence.decide.rotation.Rotation;
import dev.credence.decide.rotation.RotationSchedule;
import dev.credence.decide.rotation.RotationState;
import dev.credence.decide.rotation.RotationTarget;
import dev.credence.decide.rotation.RotationTarget.IssuedSecret;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.identity.SuspensionFacts.Remembered;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Tier;
import dev.credence.plan.AccountLock;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.IdentityStatus.Typed;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What should happen to one identity now: a [Snapshot] of facts in, a [Decision] out.
///
/// | question | start at |
/// |---|---|
/// | which policies apply, who owns it | [MatchingPolicies], [OwnerAssigned] |
/// | is it approved and reviewed, of which type | [Approved], [Reviewed], [Classification] |
/// | what belongs to it, how members are labeled | [Membership], [OwnershipLabels] |
/// | is it active, in use, expired | [ServiceState], [InUse], [Expiring], [Suspended] |
/// | do its accounts behave as before | [BehaviorChanged] |
/// | when a Secret gets its next version, and how | [Rotation] |
/// | whether a value still works between two rotations | [Probe] |
/// | whether a Certificate is issued or renewed | [CertificatePlan] |
/// | what its accounts may do | [LeastPrivilege] |
/// | how all of these add up | [MembersLinked], [CredentialsFresh], [Ready] |
///
/// Policies that enforce are composed to one [EffectivePolicy]. Where others audit, the identity is
/// evaluated again as if they enforced, and [AuditEvaluation] reports what would differ.
///
/// [TierLimit] then removes what this operator is not installed to do.
public final class Decide {
  /// Ended tokens: what a status has room for.
  private static final int MOST_REMEMBERED = 256;

  private static final Duration WHILE_RESTARTING = Duration.ofSeconds(5);
  private static final Duration NEXT_LOOK = Duration.ofMillis(1);
  private static final Duration WHILE_WAITING = Duration.ofMinutes(1);

  private static final Set<Phase> ROTATING =
      EnumSet.of(Phase.Applying, Phase.Verifying, Phase.Restarting, Phase.Retiring, Phase.Revoked);

  public static Decision next(Snapshot s) {
    // What is being deleted takes what we made with it; our marks are taken off when it is gone. A
    // namespace that is being deleted takes everything.
    return s.identity().leaving() || s.namespaceFacts().leaving()
        ? new Decision(List.of(), Optional.empty(), Optional.empty(), Optional.empty())
        : new Decide(s).decision();
  }

  /// The same for an operator of this tier, which leaves the rest as it is and says so.
  public static Decision next(Snapshot s, Tier tier) {
    return TierLimit.within(tier, s);
  }

  /// The state of the rotation of each generated Secret, by its name.
  static Map<String, RotationState> rotations(Snapshot s) {
    var decide = new Decide(s);
    return decide.targets.stream()
        .collect(
            Collectors.toMap(
                RotationTarget::name,
                target -> RotationState.of(target, decide.role(target.subject()))));
  }

  private final Snapshot s;
  private final Optional<Typed> type;
  private final MatchingPolicies policies;
  private final EffectivePolicy policy;
  private final OwnerFound owner;
  private final Expiring life;
  private final Approved approval;
  private final Reviewed reviewing;
  private final InUse usage;
  private final BehaviorChanged behavior;
  private final List<MemberRole> roles;
  private final ServiceState service;
  private final LegacyTokens legacy;
  private final Suspended suspending;
  private final LeastPrivilege privilege;
  private final Optional<IssuanceHold> halt;
  private final Map<ObjectRef, MemberRole> bySubject;
  private final List<RotationTarget> targets;
  private final ConsumerRestarts restarts;

  private Decide(Snapshot s) {
    this(s, Membership.of(s));
  }

  private Decide(Snapshot s, List<MemberRole> roles) {
    this(s, roles, Classification.of(s, roles));
  }

  private Decide(Snapshot s, List<MemberRole> roles, Optional<Typed> type) {
    this(s, roles, type, MatchingPolicies.of(s, type.map(Typed::type)));
  }

  private Decide(
      Snapshot s, List<MemberRole> roles, Optional<Typed> type, MatchingPolicies policies) {
    this(s, roles, type, policies, policies.enforced());
  }

  private Decide(
      Snapshot s,
      List<MemberRole> roles,
      Optional<Typed> type,
      MatchingPolicies policies,
      EffectivePolicy policy) {
    this.s = s;
    this.roles = roles;
    this.type = type;
    this.policies = policies;
    this.policy = policy;
    this.owner = OwnerAssigned.of(s);
    this.life = Expiring.of(s, policy);
    this.approval = Approved.of(s, policy);
    this.reviewing = Reviewed.of(s, policy);
    var seen = InUse.of(s, policy, roles, reviewing.record().last());
    var accounts = Suspended.accounts(s, roles);
    var behaved =
        BehaviorChanged.of(s, policy, reviewing, accounts, policy.equals(policies.enforced()));
    this.service = ServiceState.of(s, policy, life, seen, behaved, reviewing, accounts);
    this.usage = seen.under(service);
    this.behavior = behaved.under(service, s.now());
    this.legacy = LegacyTokens.of(s, policy, roles);
    this.suspending = Suspended.of(s, service, roles, legacy.held());
    this.privilege = LeastPrivilege.of(s, policy.privileges(), roles);
    this.halt = service.halt().or(life::halt).or(approval::halt);
    this.bySubject =
        roles.stream().collect(Collectors.toMap(MemberRole::subject, Function.identity()));
    this.targets = targets();
    this.restarts = restarts();
  }

  private Decision decision() {
    var generated = generated();
    var watched = watched();
    var plans = Stream.concat(generated.stream(), watched.stream()).toList();
    var markings = markings();
    var actions = actions(plans, markings);
    var handled = new HandledRequests(s.identity().requests(), generated, watched).handled();
    var audit = AuditEvaluation.of(this, asIfAllEnforced());
    var status = status(plans, markings, actions, handled, audit);
    var reconcileAt =
        Stream.of(
                status.nextAction().stream(),
                s.failedWrites().stream().map(FailedWrite::retryAt),
                usage.changes().stream(),
                behavior.changes().stream(),
                privilege.changesOfUse(),
                legacy.changes(),
                audit.changes().stream(),
                listAgain(plans).map(s.now()::plus).stream(),
                isOnlyWrittenDown(plans) || actions.stream().anyMatch(Action.Note.class::isInstance)
                    ? Stream.of(s.now().plus(NEXT_LOOK))
                    : Stream.<Instant>of())
            .flatMap(times -> times)
            .filter(s.now()::isBefore)
            .min(Comparator.naturalOrder());
    return new Decision(
        actions,
        Optional.of(status),
        reconcileAt,
        service instanceof ServiceState.OutOfService(_, _, var counted)
            ? counted
            : Optional.empty());
  }

  /// The same where the policies that audit would enforce; empty where none audits.
  private Optional<Decide> asIfAllEnforced() {
    return policies.audited().map(all -> new Decide(s, roles, type, policies, all));
  }

  Instant now() {
    return s.now();
  }

  MatchingPolicies policies() {
    return policies;
  }

  EffectivePolicy policy() {
    return policy;
  }

  ServiceState service() {
    return service;
  }

  Expiring life() {
    return life;
  }

  LegacyTokens legacy() {
    return legacy;
  }

  /// The names of the Secrets that are generated.
  List<String> generatedSecrets() {
    return targets.stream().map(RotationTarget::name).toList();
  }

  /// Whether no credential is issued or rotated.
  boolean isHeld() {
    return halt.isPresent();
  }

  /// When the next version of the Secret is due.
  Optional<RotationTarget.Due> due(String secret) {
    return targets.stream()
        .filter(target -> target.name().equals(secret))
        .findFirst()
        .flatMap(target -> current(target).flatMap(target::due));
  }

  /// The conditions that policies alone decide.
  List<ConditionResult> ruled() {
    return List.of(
        OwnerAssigned.result(s, owner, policy),
        approval.result(),
        life.result(),
        usage.result(),
        behavior.result(),
        privilege.result(),
        reviewing.result());
  }

  /// When a report of this evaluation changes by itself, whatever is carried out.
  List<Instant> changesOfReports() {
    return Stream.of(
            targets.stream()
                .flatMap(target -> due(target.name()).stream())
                .map(RotationTarget.Due::at),
            life.changes(),
            reviewing.changes().stream(),
            usage.changes().stream(),
            behavior.changes().stream(),
            privilege.changes(),
            privilege.changesOfUse(),
            legacy.due(),
            legacy.changes())
        .flatMap(times -> times)
        .toList();
  }

  /// What is to be asked of cert-manager is in the status first, and asked for then: nobody else
  /// wakes us in between.
  private boolean isOnlyWrittenDown(List<CredentialPlan> plans) {
    return plans.stream()
        .map(CredentialPlan::credential)
        .filter(credential -> credential.renewing().isPresent())
        .anyMatch(
            credential ->
                !credential
                    .renewing()
                    .equals(s.identity().known(credential.name()).flatMap(Known::renewing)));
  }

  /// They are listed, not watched.
  private Optional<Duration> listAgain(List<CredentialPlan> plans) {
    var reasons =
        plans.stream()
            .flatMap(plan -> plan.blockers().stream())
            .map(Blocker::reason)
            .collect(Collectors.toSet());
    if (reasons.contains(Reason.ConsumersPending)) {
      return Optional.of(restarts.isActive() ? WHILE_RESTARTING : WHILE_WAITING);
    }
    // Some may stay behind for weeks.
    return reasons.contains(Reason.ConsumersLeftBehind)
        ? Optional.of(restarts.isBusy() ? WHILE_RESTARTING : WHILE_WAITING)
        : Optional.empty();
  }

  private List<CredentialPlan> generated() {
    return targets.stream()
        .map(
            target ->
                Probe.over(
                    target,
                    current(target),
                    new Rotation(target, restarts).plan(role(target.subject()))))
        .toList();
  }

  private List<RotationTarget> targets() {
    return s.identity().secrets().stream()
        .filter(wanted -> wanted.material().isPresent())
        .map(wanted -> RotationTarget.of(s, wanted, policy, halt, owner, approval))
        .toList();
  }

  private ConsumerRestarts restarts() {
    var handed =
        targets.stream()
            // The workloads of a suspended identity are not restarted.
            .filter(_ -> !isOutOfService())
            .flatMap(target -> current(target).flatMap(current -> handed(target, current)).stream())
            .toList();
    var upcoming =
        targets.stream()
            .filter(target -> RotationState.isNextVersionComing(target, role(target.subject())))
            .map(RotationTarget::name)
            .collect(Collectors.toSet());
    return ConsumerRestarts.of(s, RotationSchedule.procedure(policy), handed, upcoming);
  }

  private static Optional<SwitchedSecret> handed(RotationTarget target, IssuedSecret current) {
    var issue = current.issue();
    return Optional.of(issue)
        .filter(Issue::isMoving)
        .map(
            _ ->
                new SwitchedSecret(
                    target.name(),
                    current.secret().object().preconditions(),
                    issue.version(),
                    issue.issuedAt(),
                    issue.previousRetiresAt().orElse(issue.issuedAt()),
                    issue.moving().evicted()));
  }

  private Optional<IssuedSecret> current(RotationTarget target) {
    return role(target.subject()) instanceof MemberRole.Made(StoredSecret secret)
        ? secret.issue().map(issue -> new IssuedSecret(secret, issue))
        : Optional.empty();
  }

  private MemberRole role(ObjectRef wanted) {
    return Objects.requireNonNull(bySubject.get(wanted), "every wanted member has a seat");
  }

  List<CredentialPlan> watched() {
    var certifying = new CertificatePlan(s, policy, halt, owner);
    return roles.stream()
        .flatMap(
            role ->
                switch (role) {
                  case MemberRole.Linked(StoredSecret secret) ->
                      Stream.of(LinkedSecrets.linked(s, secret));
                  case MemberRole.Unlisted(StoredSecret secret) ->
                      Stream.of(LinkedSecrets.leftover(s, secret));
                  case MemberRole other -> certifying.credentialPlan(other).stream();
                })
        .toList();
  }

  private List<OwnershipLabels> markings() {
    return roles.stream()
        .flatMap(
            role ->
                switch (role) {
                  case MemberRole.Linked(var member) ->
                      Stream.of(OwnershipLabels.of(s, owner, member));
                  case MemberRole.Made(var member) ->
                      Stream.of(OwnershipLabels.of(s, owner, member));
                  case MemberRole.Unlisted(var member) ->
                      Stream.of(OwnershipLabels.of(s, owner, member));
                  case MemberRole _ -> Stream.<OwnershipLabels>of();
                })
        .toList();
  }

  private boolean isOutOfService() {
    return halt.filter(IssuanceHold::isOutOfService).isPresent();
  }

  private boolean isDecommissioned() {
    return service instanceof ServiceState.Ended;
  }

  /// First what keeps it from acting, or no longer does; then what is to be made or taken away.
  ///
  /// One write for each object and look: its resourceVersion is old after the first. What was
  /// refused a moment ago waits.
  private List<Action> actions(List<CredentialPlan> plans, List<OwnershipLabels> markings) {
    var actions = new ArrayList<>(suspending.actions());
    if (!isOutOfService() && !isDecommissioned()) {
      actions.addAll(legacy.actions());
    }
    var written = subjects(actions);
    (isDecommissioned() ? ending(plans) : upkeep(plans, markings))
        .stream().filter(action -> !written.contains(action.subject())).forEach(actions::add);
    actions.removeIf(action -> s.failedWrite(action.subject()).isPresent());
    return actions;
  }

  private List<Action> ending(List<CredentialPlan> plans) {
    var actions = new ArrayList<Action>();
    plans.forEach(plan -> actions.addAll(plan.actions()));
    actions.addAll(Decommissioning.actions(roles));
    return actions;
  }

  /// What is to be made, in the order of the spec, then the marks; what leaves comes last.
  private List<Action> upkeep(List<CredentialPlan> plans, List<OwnershipLabels> markings) {
    var actions = new ArrayList<Action>();
    for (var wanted : s.identity().accounts()) {
      var role = role(ObjectRef.account(wanted.name()));
      ServiceAccountPlan.of(s, wanted, role, halt, owner).ifPresent(actions::add);
    }
    plans.forEach(plan -> actions.addAll(plan.actions()));
    actions.addAll(restarts.actions());
    actions.addAll(Clearing.of(s));
    var written = subjects(actions);
    updates().filter(action -> written.add(action.subject())).forEach(actions::add);
    Stream.concat(
            roles.stream().flatMap(role -> OwnerReferences.of(s, role).stream()),
            markings.stream().flatMap(marking -> marking.action().stream()))
        .filter(action -> written.add(action.subject()))
        .forEach(actions::add);
    for (var role : roles) {
      if (role instanceof MemberRole.Former(var member)) {
        actions.add(OwnershipLabels.off(member.object()));
      }
    }
    return actions;
  }

  /// Labels and annotations of generated Secrets that are not as the spec states them.
  private Stream<Action> updates() {
    return targets.stream()
        .flatMap(
            target ->
                current(target).stream()
                    .flatMap(
                        current ->
                            MetadataUpdate.of(s.now(), target.wanted(), current.secret())
                                .action()
                                .stream()));
  }

  private static Set<ObjectRef> subjects(List<Action> actions) {
    return actions.stream().map(Action::subject).collect(Collectors.toCollection(HashSet::new));
  }

  private IdentityStatus status(
      List<CredentialPlan> plans,
      List<OwnershipLabels> markings,
      List<Action> actions,
      Handled handled,
      AuditEvaluation audit) {
    var created = actions.stream().flatMap(Decide::created).collect(Collectors.toSet());
    var members = new MembersLinked(s, halt, roles, created);
    var results =
        List.of(
            OwnerAssigned.result(s, owner, policy),
            approval.result(),
            members.result(
                markings.stream().flatMap(marking -> marking.foreign().stream()).toList()),
            Limits.over(CredentialsFresh.result(plans, halt, legacy), s),
            life.result(),
            suspending.with(locks(plans)).result(),
            usage.result(),
            behavior.result(),
            privilege.result(),
            reviewing.result());
    return new IdentityStatus(
        state(plans, created),
        type,
        owner,
        policies.applied(),
        life.ending(),
        nextAction(plans),
        members.counts(),
        plans.stream().map(plan -> TokenUses.over(s, plan.credential())).toList(),
        handled,
        Optional.of(usage.use()),
        privilege.risk(),
        reviewing.status(),
        suspending
            .with(locks(plans))
            .suspension(isDecommissioned() ? Decommissioning.left(s, roles) : List.of()),
        ended(),
        approval.record(),
        Ready.over(results, policy.isAny(), discovered()).stream()
            .map(result -> audit.reportedIn(result, policy.isAny()))
            .filter(ConditionResult::applies)
            .toList(),
        Stream.concat(violations(results), audit.violations()).toList(),
        legacy.states(),
        behavior.record());
  }

  /// The accounts in other systems that the suspension is to lock.
  private static List<AccountLock> locks(List<CredentialPlan> plans) {
    return plans.stream().flatMap(plan -> plan.lock().stream()).toList();
  }

  private Optional<String> discovered() {
    return policies.discovered()
        ? Optional.of(
            "Discovery registered this identity. Nothing is enforced until a user adopts it by applying a manifest with its name.")
        : Optional.empty();
  }

  private Stream<Violation> violations(List<ConditionResult> results) {
    return policy.isAny()
        ? Ready.violations(results)
            .map(
                result ->
                    new Violation(
                        result.type(),
                        result.reason(),
                        Enforcement.Enforce,
                        RuleSection.of(result.type(), result.reason()).flatMap(policy::decides)))
        : Stream.empty();
  }

  /// What was remembered before comes first, so that what comes later takes no room of it.
  private List<EndedToken> ended() {
    return Stream.of(
            s.suspensionFacts().ended().stream()
                .filter(
                    known ->
                        known.token().unused()
                            ? legacy.remembers(known)
                            : suspending.remembers(known))
                .map(Remembered::token),
            suspending.ended(),
            legacy.ended())
        .flatMap(tokens -> tokens)
        .distinct()
        .limit(MOST_REMEMBERED)
        .toList();
  }

  private static Stream<ObjectRef> created(Action action) {
    return switch (action) {
      case Action.Issue issue -> Stream.of(issue.subject());
      case Action.Promote promote -> Stream.of(promote.subject());
      case Action.CreateServiceAccount provision -> Stream.of(provision.subject());
      case Action.CreateCertificate order -> Stream.of(order.subject());
      case Action _ -> Stream.of();
    };
  }

  private State state(List<CredentialPlan> plans, Set<ObjectRef> created) {
    if (isDecommissioned()) {
      return State.Decommissioned;
    }
    if (isOutOfService()) {
      return State.Suspended;
    }
    if (halt.filter(reason -> reason.is(IssuanceHold.Cause.Unapproved)).isPresent()
        && approval.isRequested()) {
      return State.Requested;
    }
    if (halt.isEmpty() && toMake().anyMatch(subject -> !isCreated(subject, created))) {
      return State.Provisioning;
    }
    return plans.stream().map(CredentialPlan::credential).anyMatch(Decide::isRotating)
        ? State.Rotating
        : State.Active;
  }

  private static boolean isRotating(Credential credential) {
    return credential.previousRetires().isPresent() || ROTATING.contains(credential.phase());
  }

  private Stream<ObjectRef> toMake() {
    return Stream.concat(
        s.identity().accounts().stream()
            .filter(wanted -> wanted.provision().isPresent())
            .map(wanted -> ObjectRef.account(wanted.name())),
        Stream.concat(
            targets.stream().map(RotationTarget::subject),
            s.identity().certificates().stream()
                .filter(wanted -> wanted.issue().isPresent())
                .map(wanted -> ObjectRef.certificate(wanted.name()))));
  }

  private boolean isCreated(ObjectRef subject, Set<ObjectRef> created) {
    return role(subject) instanceof MemberRole.Made || created.contains(subject);
  }

  private Optional<Instant> nextAction(List<CredentialPlan> plans) {
    return Stream.of(
            plans.stream().flatMap(CredentialPlan::changes),
            life.changes(),
            reviewing.changes().stream(),
            service.changes(policy, life),
            privilege.changes(),
            legacy.due())
        .flatMap(times -> times)
        .filter(s.now()::isBefore)
        .min(Comparator.naturalOrder());
  }
}
