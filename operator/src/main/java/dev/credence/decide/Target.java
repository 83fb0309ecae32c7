package dev.credence.decide;

import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Standing.OwnerFound;
import dev.credence.decide.Turn.Obstacle;
import dev.credence.facts.Conduct;
import dev.credence.facts.Handled;
import dev.credence.facts.HookJob;
import dev.credence.facts.Hooks;
import dev.credence.facts.Identity.Known;
import dev.credence.facts.Identity.SecretWanted;
import dev.credence.facts.Material;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Part;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Policy;
import dev.credence.facts.Recipe;
import dev.credence.facts.Requests;
import dev.credence.facts.Snapshot;
import dev.credence.facts.Subject;
import dev.credence.facts.Templates;
import dev.credence.facts.TokenRecipe;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One Secret that is to hold what we make, and all that its rotation goes by.
record Target(
    Snapshot s,
    SecretWanted wanted,
    Material material,
    Conduct conduct,
    Life life,
    OwnerFound owner,
    Rhythm rhythm) {

  static Target of(
      Snapshot s, SecretWanted wanted, Optional<Policy> policy, Life life, OwnerFound owner) {
    return new Target(
        s,
        wanted,
        within(policy, wanted.material().orElseThrow()),
        policy.map(Policy::conduct).orElse(Conduct.DEFAULT),
        life,
        owner,
        Rhythm.of(wanted.rotation(), policy, s.identity().uid() + "/" + wanted.name()));
  }

  /// A token lives no longer than the policy lets it.
  private static Material within(Optional<Policy> policy, Material material) {
    return switch (material) {
      case Recipe recipe -> recipe;
      case TokenRecipe(var account, var audiences, var lifetime, var kubeconfig) ->
          new TokenRecipe(
              account,
              audiences,
              policy
                  .flatMap(Policy::longestToken)
                  .map(longest -> Durations.shorter(longest, lifetime))
                  .orElse(lifetime),
              kubeconfig);
    };
  }

  String name() {
    return wanted.name();
  }

  Subject subject() {
    return Subject.secret(name());
  }

  Hooks hooks() {
    return wanted.hooks();
  }

  Instant now() {
    return s.now();
  }

  /// The second that is about to begin: an object that says it was created in it or later was
  /// created after this look. The API server tells whole seconds.
  Instant nextSecond() {
    var second = now().truncatedTo(ChronoUnit.SECONDS);
    return second.equals(now()) ? second : second.plusSeconds(1);
  }

  Labelling labelling() {
    return Marking.wanted(s, owner);
  }

  Generated generated() {
    return new Generated(
        wanted,
        Optional.ofNullable(s.identity().knownVersions().get(name())),
        Optional.ofNullable(s.identity().known().get(name())).flatMap(Known::consumers),
        life.isOver() ? Optional.empty() : Optional.of(rhythm));
  }

  /// The number of the next value.
  long nextVersion(Optional<Issue> current) {
    return 1 + current.map(Issue::version).or(() -> generated().lastVersion()).orElse(0L);
  }

  /// What a new value answers, of those that the one before it answered and those that were asked.
  Handled answering(Handled before, Optional<StoredSecret> secret) {
    return before.withNewValue(
        s.identity().requests(), secret.map(StoredSecret::requests).orElse(Requests.NONE));
  }

  /// The Secrets that are there for this one.
  Stream<StoredSecret> parts() {
    return s.members().stream()
        .filter(member -> Membership.isOurs(s, member.thing()))
        .flatMap(
            member ->
                member instanceof StoredSecret secret
                        && secret.part().filter(part -> part.secret().equals(name())).isPresent()
                    ? Stream.of(secret)
                    : Stream.of());
  }

  Optional<StoredSecret> pending() {
    return parts()
        .filter(secret -> secret.part().filter(Part.Pending.class::isInstance).isPresent())
        .findFirst();
  }

  /// A name of all that is asked for by annotations.
  String asked() {
    var onSecret =
        s.member(subject()).orElse(null) instanceof StoredSecret secret
            ? secret.requests()
            : Requests.NONE;
    return s.identity().requests().digestWith(onSecret);
  }

  List<HookJob> jobs() {
    return s.jobs().stream().filter(job -> job.secret().equals(name())).toList();
  }

  /// Why a value cannot be made at all, or not for now.
  Optional<Obstacle> obstacle() {
    return problem().or(this::unreadableTiming).or(() -> Obstacle.refusal(s, subject()));
  }

  private Optional<Obstacle> problem() {
    return switch (material) {
      case Recipe(var keys) -> Templates.problem(keys).map(this::forItsAuthor);
      case TokenRecipe token -> Tokens.problem(this, token);
    };
  }

  Optional<Obstacle> unreadableTiming() {
    return rhythm.problem().map(this::forItsAuthor);
  }

  private Obstacle forItsAuthor(String problem) {
    return Obstacle.broken(name() + ": " + problem);
  }
}
