package dev.credence.decide;

import dev.credence.decide.Rotation.Obstacle;
import dev.credence.decide.Rotation.Turn;
import dev.credence.decide.Standing.Credential;
import dev.credence.decide.Standing.Credential.Kind;
import dev.credence.decide.Standing.Credential.Phase;
import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Is every credential current?
final class Freshness {
  private static final int NAMED_IN_MESSAGE = 5;

  static Verdict verdict(List<Turn> turns, List<Credential> watched) {
    var obstacles = turns.stream().flatMap(turn -> turn.obstacle().stream()).toList();
    if (!obstacles.isEmpty()) {
      return failing(
          Reason.RotationBlocked,
          obstacles.stream()
              .map(Obstacle::message)
              .distinct()
              .limit(NAMED_IN_MESSAGE)
              .collect(Collectors.joining("; ")),
          obstacles.stream().anyMatch(Obstacle::mendable) ? Weight.Broken : Weight.Waiting);
    }
    var lateCertificates =
        watched.stream()
            .filter(c -> c.kind() == Kind.Certificate)
            .filter(c -> c.phase() == Phase.Pending || c.phase() == Phase.Expired)
            .toList();
    if (!lateCertificates.isEmpty()) {
      return failing(
          Reason.CertificateNotReady, named(lateCertificates, "not ready"), Weight.Waiting);
    }
    var own = turns.stream().map(Turn::credential).toList();
    var ended = those(own, c -> c.phase() == Phase.Expired);
    ended.addAll(those(watched, c -> c.phase() == Phase.Expired));
    if (!ended.isEmpty()) {
      return failing(Reason.RotationDue, named(ended, "ended"), Weight.Violation);
    }
    var due = those(own, c -> c.phase() == Phase.Due);
    if (!due.isEmpty()) {
      // Seconds pass between a request and its answer: shown, but nothing is wrong.
      return failing(Reason.RotationDue, named(due, "about to be replaced"), Weight.None);
    }
    return Verdict.fine(
        Aspect.CredentialsFresh,
        Truth.True,
        Reason.Fresh,
        own.isEmpty() && watched.isEmpty() ? "no credentials" : "every credential is current");
  }

  private static List<Credential> those(List<Credential> of, Predicate<Credential> which) {
    return of.stream().filter(which).collect(Collectors.toList());
  }

  private static String named(List<Credential> credentials, String otherwise) {
    return credentials.stream()
        .limit(NAMED_IN_MESSAGE)
        .map(c -> c.name() + ": " + c.message().orElse(otherwise))
        .collect(Collectors.joining("; "));
  }

  private static Verdict failing(Reason reason, String message, Weight weight) {
    return new Verdict(Aspect.CredentialsFresh, Truth.False, reason, message, weight);
  }

  private Freshness() {}
}
