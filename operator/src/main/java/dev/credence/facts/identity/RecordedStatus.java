// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// The lifecycle of an identity, as its status records it. Where it was lost, the identity is
/// evaluated again: a suspension that is still due begins again, and an approval or a review is
/// required again where nothing in the cluster shows it.
///
/// `resumedAt`: when it was last active again after a suspension for a reason other than idle.
/// `compromisedAt`: when it was last suspended as compromised. `lastUse`: the last day with an
/// observed use. `referenced`: an object referred to it at the last reconcile. `referencedUntil`:
/// the day on which the last such object was deleted. `classified`: the derived type, if the spec
/// sets none. `ended`: invalidated tokens, to detect them when they reappear. `behavior`: findings
/// in audit events.
public record RecordedStatus(
    boolean decommissioned,
    Optional<Suspended> suspended,
    Optional<Instant> resumedAt,
    Optional<Instant> compromisedAt,
    Approval approval,
    Review review,
    Optional<LastUse> lastUse,
    boolean referenced,
    Optional<LocalDate> referencedUntil,
    Optional<Classified> classified,
    List<EndedToken> ended,
    Behavior behavior) {
  public static final RecordedStatus NOTHING =
      new RecordedStatus(
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Approval.NONE,
          Review.NONE,
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Behavior.NONE);

  public RecordedStatus {
    ended = List.copyOf(ended);
  }

  /// `reason` is the one that it began with.
  public record Suspended(Instant since, String reason) {}

  /// A token that never expires, and that was ended: its Secret and its ServiceAccount. The API
  /// server accepts it again from another Secret of that name, while the account has that UID.
  /// `unused`: a policy ended it, since nothing used it, and else a suspension did.
  public record EndedToken(String secret, String account, String accountUid, boolean unused) {}

  /// The recorded approval. `disregarded`: an annotation that was written without a check, so that
  /// it never counts.
  public record Approval(Optional<RecordedApproval> approved, Optional<String> disregarded) {
    public static final Approval NONE = new Approval(Optional.empty(), Optional.empty());
  }

  /// `hooks`: those of the approved scope, a line for each.
  public record RecordedApproval(String scope, String by, Instant at, List<String> hooks) {
    public RecordedApproval {
      hooks = List.copyOf(hooks);
    }
  }

  /// The user who last confirmed that it is needed: the operator's own record. `disregarded`: an
  /// annotation that never counts. `checkedBy`: the mark of the admission policy that was active at
  /// the last reconcile: what was written after that reconcile was checked by it.
  public record Review(
      Optional<RecordedReview> last, Optional<String> disregarded, Optional<String> checkedBy) {
    public static final Review NONE =
        new Review(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public record RecordedReview(String by, Instant at) {}

  /// `day` in UTC.
  public record LastUse(LocalDate day, Sign sign) {}

  /// The kind of evidence for a use. An earlier one counts before a later one of the same day.
  public enum Sign {
    TokenLabel,
    Pod,
    AuditEvent
  }

  /// Findings in the audit events of its accounts, the newest first. `suspendsFrom`: since when a
  /// policy suspends the identity for findings; `suspendedAt`: when it did.
  public record Behavior(
      List<OddFinding> findings, Optional<Instant> suspendsFrom, Optional<Instant> suspendedAt) {
    public static final Behavior NONE = new Behavior(List.of(), Optional.empty(), Optional.empty());

    public Behavior {
      findings = List.copyOf(findings);
    }
  }

  /// `count`: how many of the kind; `place`, `agent`, `auditId` and `message` are of the last.
  public record OddFinding(
      String kind,
      String account,
      Instant first,
      Instant last,
      int count,
      String place,
      String agent,
      String auditId,
      String message) {

    public boolean isOf(String otherAccount, String otherKind) {
      return account.equals(otherAccount) && kind.equals(otherKind);
    }

    /// The same with an earlier beginning.
    public OddFinding since(Instant earlier) {
      return new OddFinding(kind, account, earlier, last, count, place, agent, auditId, message);
    }
  }

  /// `rule`: why.
  public record Classified(String type, String rule) {}
}
