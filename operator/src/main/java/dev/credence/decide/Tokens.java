package dev.credence.decide;

import dev.credence.decide.Turn.Obstacle;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Member.Account;
import dev.credence.facts.Member.Issue;
import dev.credence.facts.Member.Part;
import dev.credence.facts.Member.StoredSecret;
import dev.credence.facts.Subject;
import dev.credence.facts.TokenRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What do tokens of ServiceAccounts need beside other values? Each is bound to an empty Secret,
/// its anchor, and ends with it: by deleting that, one token can be revoked and the next one goes
/// on (KEP-1205, `boundObjectRef`).
final class Tokens {

  /// Whose token it is, and what has the name of its next anchor.
  static Optional<Obstacle> problem(Target t, TokenRecipe token) {
    var account = account(t, token);
    if (account.isEmpty()) {
      return Optional.of(
          new Obstacle(
              Reason.RotationBlocked,
              t.name() + ": ServiceAccount " + token.account() + " does not exist",
              Weight.Waiting));
    }
    return t.s().members().stream()
        .filter(member -> member.subject().name().startsWith(t.name() + "-anchor-v"))
        .filter(member -> member instanceof StoredSecret && !isAnchor(t, member.subject()))
        .findFirst()
        .map(
            taken ->
                Obstacle.broken(
                    t.name()
                        + ": "
                        + taken.subject()
                        + " exists and was not made by Credence, where the anchor of a token is to be: delete it if nothing uses it"));
  }

  private static boolean isAnchor(Target t, Subject subject) {
    return anchors(t).anyMatch(anchor -> anchor.subject().equals(subject));
  }

  static Optional<Account> account(Target t, TokenRecipe token) {
    return t.s()
        .member(Subject.account(token.account()))
        .filter(member -> !member.thing().leaving())
        .map(Account.class::cast);
  }

  /// Why the token that is there opens nothing any more.
  static Optional<String> dead(Target t, TokenRecipe token, Issue issue) {
    var account = account(t, token).map(found -> found.thing().guard().uid());
    if (account.isPresent() && issue.account().isPresent() && !account.equals(issue.account())) {
      return Optional.of("ServiceAccount " + token.account() + " was created anew");
    }
    return anchor(t, issue.version()).isEmpty()
        ? Optional.of("its anchor is gone")
        : Optional.empty();
  }

  private static Optional<StoredSecret> anchor(Target t, long version) {
    return anchors(t).filter(anchor -> version(anchor) == version).findFirst();
  }

  private static Stream<StoredSecret> anchors(Target t) {
    return t.parts().filter(part -> part.part().filter(Part.Anchor.class::isInstance).isPresent());
  }

  private static long version(StoredSecret anchor) {
    return anchor
        .part()
        .map(part -> part instanceof Part.Anchor(_, var version) ? version : 0L)
        .orElse(0L);
  }

  static boolean isOlderAlive(Target t, long version) {
    return anchors(t).anyMatch(anchor -> version(anchor) < version);
  }

  /// What a token of this version is bound to comes before it.
  static List<Action> anchoring(Target t, long version) {
    if (!(t.material() instanceof TokenRecipe) || anchor(t, version).isPresent()) {
      return List.of();
    }
    return List.of(
        new Action.Anchor(
            Subject.anchorOf(t.name(), version), t.subject(), version, t.labelling()));
  }

  /// The end of the tokens of all versions before this one.
  static List<Action> ending(Target t, long before, String why) {
    var ends = new ArrayList<Action>();
    anchors(t)
        .filter(anchor -> version(anchor) < before && !anchor.thing().leaving())
        .forEach(
            anchor -> ends.add(new Action.Remove(anchor.subject(), anchor.thing().guard(), why)));
    return ends;
  }

  private Tokens() {}
}
