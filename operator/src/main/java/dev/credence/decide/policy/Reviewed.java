// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.LifecycleRequests.State;
import dev.credence.facts.identity.RecordedStatus.RecordedReview;
import dev.credence.facts.identity.RecordedStatus.Review;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.Durations;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.Reason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The review of the identity: a user confirmed in time that it is still needed. An annotation with
/// the name of the reviewer and the time counts if the API server verified its author. The operator
/// then records the review in the status. The record counts even if the annotation or the admission
/// policy is removed.
///
/// An annotation is verified if an earlier reconcile observed the current installation of the
/// admission policy in effect, or if the identity is younger than that installation. An annotation
/// observed before that, or with a time in the future when observed, never counts.
///
/// `record`: the record after this reconcile; `due`: when the next review is due, if the policy
/// requires one.
public record Reviewed(
    Review record,
    Optional<Instant> due,
    boolean overdue,
    boolean checked,
    ConditionResult result,
    List<Instant> changes) {
  private static final Pattern WRITTEN =
      Pattern.compile("(\\S.*) (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)");

  /// A tenth of the period before a review is due it is said, and at most this long before.
  private static final Duration SAID_BEFORE = Duration.ofDays(14);

  /// Clocks may differ by this.
  private static final Duration AHEAD = Duration.ofMinutes(5);

  public static Reviewed of(Snapshot s, EffectivePolicy policy) {
    var record = record(s);
    var every =
        policy
            .review()
            .flatMap(chosen -> chosen.section().interval())
            .filter(_ -> !isEnded(s.identity()));
    if (every.isEmpty()) {
      return new Reviewed(
          record,
          Optional.empty(),
          false,
          isChecked(s),
          ConditionResult.notApplicable(ConditionType.Reviewed, ConditionStatus.True),
          List.of());
    }
    var due =
        record.last().map(RecordedReview::at).orElse(s.identity().createdAt()).plus(every.get());
    var stated = due.minus(Durations.shorter(every.get().dividedBy(10), SAID_BEFORE));
    return new Reviewed(
        record,
        Optional.of(due),
        !s.now().isBefore(due),
        isChecked(s),
        result(s, policy.review().orElseThrow().policy(), record, due, stated),
        List.of(stated, due));
  }

  private static boolean isEnded(Identity identity) {
    return identity.lifecycleRequests().state() == State.Decommissioned
        || identity.recorded().decommissioned();
  }

  private static boolean isChecked(Snapshot s) {
    return s.suspensionFacts().admissions().contains(Admission.Reviews);
  }

  private static Review record(Snapshot s) {
    var known = s.identity().recorded().review();
    var installed = s.suspensionFacts().vetting().installed(Admission.Reviews);
    var checkedBy = installed.map(Installation::mark).or(known::checkedBy);
    var written = s.identity().lifecycleRequests().review();
    if (written.isEmpty()) {
      return new Review(known.last(), Optional.empty(), checkedBy);
    }
    if (known.disregarded().equals(written)) {
      return new Review(known.last(), written, checkedBy);
    }
    if (counts(known, written.get())) {
      return new Review(known.last(), Optional.empty(), checkedBy);
    }
    var review = read(written.get());
    if (!isTrusted(s, known) || review.filter(found -> isAhead(found, s)).isPresent()) {
      return new Review(known.last(), written, checkedBy);
    }
    return new Review(
        review.filter(found -> isNew(found, s, known)).or(known::last),
        Optional.empty(),
        checkedBy);
  }

  /// Whether the API server verified the author of an annotation that is new at this reconcile.
  private static boolean isTrusted(Snapshot s, Review known) {
    return isChecked(s)
        && s.suspensionFacts()
            .vetting()
            .installed(Admission.Reviews)
            .filter(
                installed ->
                    known.checkedBy().equals(Optional.of(installed.mark()))
                        || s.identity().createdAt().isAfter(installed.since()))
            .isPresent();
  }

  /// Whether this very annotation was seen and recorded while it was checked.
  private static boolean counts(Review known, String written) {
    return known.last().filter(last -> written.equals(last.by() + " " + last.at())).isPresent();
  }

  private static Optional<RecordedReview> read(String written) {
    var parts = WRITTEN.matcher(written);
    try {
      return parts.matches()
          ? Optional.of(new RecordedReview(parts.group(1), Instant.parse(parts.group(2))))
          : Optional.empty();
    } catch (DateTimeException noSuchTime) {
      return Optional.empty();
    }
  }

  private static boolean isNew(RecordedReview review, Snapshot s, Review known) {
    return !review.at().isBefore(s.identity().createdAt().truncatedTo(ChronoUnit.SECONDS))
        && known.last().filter(last -> !review.at().isAfter(last.at())).isEmpty();
  }

  private static boolean isAhead(RecordedReview review, Snapshot s) {
    return review.at().isAfter(s.now().plus(AHEAD));
  }

  private static ConditionResult result(
      Snapshot s, String policy, Review record, Instant due, Instant stated) {
    var last =
        record
            .last()
            .map(review -> "Reviewed by " + review.by() + " at " + review.at() + ".")
            .orElse("Never reviewed.");
    if (s.now().isBefore(stated)) {
      return ConditionResult.fine(
          ConditionType.Reviewed,
          ConditionStatus.True,
          record.last().isPresent() ? Reason.Reviewed : Reason.NotYetDue,
          last + " The next review is due at " + due + ".");
    }
    var ask =
        ". If the identity is still needed, a user with the verb `review` sets the annotation"
            + " credence.dev/review='<own name> <time>'."
            + complaint(s, record).map(text -> " " + text).orElse("");
    return s.now().isBefore(due)
        ? ConditionResult.fine(
            ConditionType.Reviewed,
            ConditionStatus.False,
            Reason.ReviewDue,
            last + " Policy " + policy + " requires a review by " + due + ask)
        : new ConditionResult(
            ConditionType.Reviewed,
            ConditionStatus.False,
            Reason.ReviewOverdue,
            last + " Policy " + policy + " required a review by " + due + ask,
            Impact.Violation);
  }

  private static Optional<String> complaint(Snapshot s, Review record) {
    if (record.disregarded().isPresent()) {
      return Optional.of(
          "The operator ignores the existing annotation: its time was in the future, or it was"
              + " written while the ValidatingAdmissionPolicy "
              + Admission.Reviews.resource()
              + " was not active, so its author was not verified. Review again.");
    }
    if (!isChecked(s)) {
      return Optional.of(
          "The review is not possible: the ValidatingAdmissionPolicy "
              + Admission.Reviews.resource()
              + " is not active (chart value `admission.review`).");
    }
    return s.identity().lifecycleRequests().review().flatMap(written -> complaint(s, written));
  }

  private static Optional<String> complaint(Snapshot s, String written) {
    return read(written).isPresent()
        ? Optional.empty()
        : Optional.of(
            "The existing annotation is not a name and a time like 2027-01-01T00:00:00Z, separated"
                + " by a space.");
  }

  /// The record as the status says it; empty where there is nothing to say.
  public Optional<IdentityStatus.Review> status() {
    return due.isEmpty() && record.last().isEmpty() && record.disregarded().isEmpty()
        ? Optional.empty()
        : Optional.of(new IdentityStatus.Review(due, record));
  }
}
