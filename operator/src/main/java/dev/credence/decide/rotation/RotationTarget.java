// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.decide.membership.Membership;
import dev.credence.decide.membership.OwnershipLabels;
import dev.credence.decide.policy.Approved;
import dev.credence.decide.policy.EffectivePolicy;
import dev.credence.decide.rotation.CredentialPlan.Blocker;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.DockerConfig;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.SlowKeys;
import dev.credence.facts.credential.Templates;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.Section;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus.OwnerFound;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A generated Secret, and all facts for its rotation. `halt`: why no new value is issued; `parts`:
/// the Secrets that belong to its rotation; `jobs`: those of its hooks; `unapproved`: steps whose
/// hooks are not approved, so that they do not run.
public record RotationTarget(
    Snapshot s,
    SecretWanted wanted,
    SecretContent material,
    RotationProcedure procedure,
    Optional<IssuanceHold> halt,
    OwnerFound owner,
    RotationSchedule schedule,
    List<StoredSecret> parts,
    List<HookJob> jobs,
    Set<Step> unapproved) {

  /// The Secret as it is, and the annotations of its current version. `issue` differs from those of
  /// the Secret where they are about to be written.
  public record IssuedSecret(StoredSecret secret, Issue issue) {
    Preconditions preconditions() {
      return secret.object().preconditions();
    }

    Requests requests() {
      return secret.requests();
    }

    Handled handled() {
      return issue.handled();
    }

    IssuedSecret with(Handled handled, Optional<Aborted> aborted) {
      return new IssuedSecret(secret, issue.with(handled, aborted));
    }
  }

  /// The API server grants no token for less.
  private static final Duration SHORTEST_GRANT = Duration.ofMinutes(10);

  /// Between the time of issue and that of the request.
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  public static RotationTarget of(
      Snapshot s,
      SecretWanted wanted,
      EffectivePolicy policy,
      Optional<IssuanceHold> halt,
      OwnerFound owner,
      Approved approval) {
    var name = wanted.name();
    return new RotationTarget(
        s,
        wanted.with(approval.agreed(s, wanted)),
        within(s, policy, wanted.material().orElseThrow()),
        RotationSchedule.procedure(policy),
        halt,
        owner,
        RotationSchedule.of(
            wanted.rotation(), policy, s.identity().uid() + "/" + name, shortest(wanted)),
        Membership.parts(s, name),
        s.jobs().stream().filter(job -> job.secret().equals(name)).toList(),
        approval.withheld(s, wanted));
  }

  private static Duration shortest(SecretWanted wanted) {
    return wanted.material().filter(SlowKeys::areIn).isPresent()
        ? RotationSchedule.SHORTEST_OF_A_SLOW_KEY
        : Duration.ZERO;
  }

  /// A token lives no longer than the policy lets it.
  private static SecretContent within(Snapshot s, EffectivePolicy policy, SecretContent material) {
    return switch (material) {
      case GeneratedContent generatorSpec -> generatorSpec;
      case TokenRecipe(var account, var audiences, var lifetime, var kubeconfig, _) ->
          new TokenRecipe(
              account,
              audiences,
              policy
                  .tokens()
                  .flatMap(tokens -> tokens.section().maxLifetime())
                  .map(longest -> Durations.shorter(longest, lifetime))
                  .orElse(lifetime),
              kubeconfig,
              s.kubeconfigServer().filter(_ -> kubeconfig));
    };
  }

  /// When the next version is due, by which rule, and the section of a policy that has such rules.
  public record Due(Instant at, String by, Section section) {}

  /// Empty where nothing ever asks for the next version.
  public Optional<Due> due(IssuedSecret current) {
    var issue = current.issue();
    var end = end(current.secret());
    return schedule
        .due(issue, end)
        .map(
            due ->
                schedule.due(issue, Optional.empty()).filter(due::equals).isPresent()
                    ? new Due(due, schedule.rule(issue.issuedAt()), Section.Rotation)
                    : new Due(
                        due,
                        "its expiration at " + end.map(Instant::toString).orElse(""),
                        Section.Tokens));
  }

  public String name() {
    return wanted.name();
  }

  public ObjectRef subject() {
    return ObjectRef.secret(name());
  }

  Hooks hooks() {
    return wanted.hooks();
  }

  public Instant now() {
    return s.now();
  }

  /// The second that begins next: an object that was created in it or later was created after this
  /// reconcile. The API server reports whole seconds.
  Instant nextSecond() {
    var second = now().truncatedTo(ChronoUnit.SECONDS);
    return second.equals(now()) ? second : second.plusSeconds(1);
  }

  Labelling labelling() {
    return OwnershipLabels.wanted(s, owner);
  }

  /// The version of the Secret that was there before, so that the count goes on for one that was
  /// deleted.
  Optional<Long> lastVersion() {
    return Optional.ofNullable(s.identity().knownVersions().get(name()));
  }

  /// The number of the next value.
  long nextVersion(Optional<Issue> current) {
    return 1 + current.map(Issue::version).or(this::lastVersion).orElse(0L);
  }

  /// The requests that a new value answers, of those that the previous value answered and those
  /// that were made.
  Handled answering(Handled before, Optional<StoredSecret> secret) {
    return before.withNewValue(s.identity().requests(), requests(secret));
  }

  /// What is asked for on the Secret, and for it in the spec.
  Requests requests(Optional<StoredSecret> secret) {
    return secret.map(StoredSecret::requests).orElse(Requests.NONE).with(wanted.rotationRequest());
  }

  /// The next value, while it is being proven.
  Optional<StoredSecret> pending() {
    return parts.stream()
        .filter(secret -> secret.part().filter(Part.Pending.class::isInstance).isPresent())
        .findFirst();
  }

  /// A name of all that is asked for by annotations.
  String asked() {
    var onSecret =
        s.member(subject()).orElse(null) instanceof StoredSecret secret
            ? secret.requests()
            : Requests.NONE;
    return s.identity().requests().digestWith(onSecret.with(wanted.rotationRequest()));
  }

  /// Whether a write to the Secret did not go through a moment ago: it is not tried again yet.
  boolean isBackingOff() {
    return s.failedWrite(subject()).isPresent();
  }

  /// That the API server said no to it.
  Optional<Blocker> refusal() {
    return Blocker.refusal(s, subject());
  }

  /// Whether nothing is issued for this reason.
  boolean isHalted(IssuanceHold.Cause cause) {
    return halt.filter(reason -> reason.is(cause)).isPresent();
  }

  /// Whether the hook of this step is approved, or needs no approval.
  boolean mayRun(Step step) {
    return !unapproved.contains(step);
  }

  /// Why the hook of a step does not run.
  String withheld(Step step) {
    return "the hook "
        + step
        + " (CronJob "
        + hooks().of(step).map(Hooks.Hook::cronJob).orElse("")
        + ") is not approved, so the operator does not run it";
  }

  /// Why the value after the current one cannot be made at all, or not for now.
  Optional<Blocker> blocker(Optional<Issue> current) {
    return problem(current)
        .or(() -> current.isEmpty() ? metadataProblem() : Optional.empty())
        .or(this::unreadableTiming)
        .or(this::refusal);
  }

  /// Why labels and annotations are not written. A Secret that exists is rotated all the same.
  Optional<Blocker> metadataProblem() {
    return wanted.metadata().problem().map(this::forItsAuthor);
  }

  private Optional<Blocker> problem(Optional<Issue> current) {
    return switch (material) {
      case GeneratedContent(var keys) ->
          Templates.problem(keys)
              .or(this::withoutHook)
              .or(() -> SlowKeys.problem(keys))
              .or(
                  () ->
                      wanted.type().equals(DockerConfig.TYPE)
                          ? DockerConfig.problem(keys)
                          : Optional.empty())
              .map(this::forItsAuthor);
      case TokenRecipe token -> TokenAnchors.problem(this, token, current);
    };
  }

  /// The schema rejects it; an identity that was created before may have it.
  private Optional<String> withoutHook() {
    return material instanceof GeneratedContent generatorSpec
        ? generatorSpec.issued().stream()
            .filter(_ -> hooks().issue().isEmpty() || hooks().revoke().isEmpty())
            .findFirst()
            .map(
                key ->
                    "key "
                        + key
                        + " is issued by another system. Set `hooks.issue` and `hooks.revoke`.")
        : Optional.empty();
  }

  /// When the value in this Secret expires by itself. Of a token of ours the annotation says what
  /// the API server granted, and others can write it: it is believed where the API server can have
  /// granted that, and else the token expires when it was asked to.
  Optional<Instant> end(StoredSecret secret) {
    return material instanceof TokenRecipe token
        ? secret
            .issue()
            .filter(issue -> issue.account().isPresent())
            .map(issue -> end(secret.end(), issue.issuedAt(), token.lifetime()))
            .or(secret::end)
        : secret.end();
  }

  private static Instant end(Optional<Instant> stated, Instant issuedAt, Duration lifetime) {
    var asked = issuedAt.plus(lifetime);
    return stated
        .filter(
            end ->
                !end.isAfter(asked.plus(TOLERANCE))
                    && !end.isBefore(issuedAt.plus(SHORTEST_GRANT).minus(TOLERANCE)))
        .orElse(asked);
  }

  Optional<Blocker> unreadableTiming() {
    return schedule.problem().map(this::forItsAuthor);
  }

  private Blocker forItsAuthor(String problem) {
    return Blocker.broken(Sentences.about(subject(), problem));
  }
}
