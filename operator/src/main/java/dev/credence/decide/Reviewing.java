package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Calling.State;
import dev.credence.facts.Identity;
import dev.credence.facts.Lived.Review;
import dev.credence.facts.Lived.Reviewed;
import dev.credence.facts.Policy;
import dev.credence.facts.Safeguards.Admission;
import dev.credence.facts.Snapshot;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Has somebody confirmed in time that the identity is still needed? An annotation with the name
/// of who did and the time counts where the API server checked who wrote it; once seen it is in
/// our own record, whatever becomes of annotation and admission policy.
///
/// `record`: what is remembered after this look; `due`: when the next review is, where one is asked
/// for.
record Reviewing(
    Review record,
    Optional<Instant> due,
    boolean overdue,
    boolean checked,
    Verdict verdict,
    List<Instant> changes) {
  private static final Pattern WRITTEN =
      Pattern.compile("(\\S.*) (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)");

  /// A tenth of the period before a review is due it is said, and at most this long before.
  private static final Duration SAID_BEFORE = Duration.ofDays(14);

  /// Clocks may differ by this.
  private static final Duration AHEAD = Duration.ofMinutes(5);

  static Reviewing of(Snapshot s, Optional<Policy> policy) {
    var record = record(s);
    var every =
        policy
            .flatMap(chosen -> chosen.oversight().reviewing().every())
            .filter(_ -> !isEnded(s.identity()));
    if (every.isEmpty()) {
      var why =
          isEnded(s.identity())
              ? "what is decommissioned needs no review"
              : "no policy asks for a review";
      return new Reviewing(
          record,
          Optional.empty(),
          false,
          isChecked(s),
          Verdict.fine(Aspect.Reviewed, Truth.True, Reason.NotRequired, why),
          ahead(s).stream().toList());
    }
    var due = record.last().map(Reviewed::at).orElse(s.identity().createdAt()).plus(every.get());
    var said = due.minus(Durations.shorter(every.get().dividedBy(10), SAID_BEFORE));
    return new Reviewing(
        record,
        Optional.of(due),
        !s.now().isBefore(due),
        isChecked(s),
        verdict(s, policy.orElseThrow(), record, due, said),
        Stream.concat(Stream.of(said, due), ahead(s).stream()).toList());
  }

  private static boolean isEnded(Identity identity) {
    return identity.calling().state() == State.Decommissioned || identity.lived().decommissioned();
  }

  private static boolean isChecked(Snapshot s) {
    return s.safeguards().guards().contains(Admission.Reviews);
  }

  private static Review record(Snapshot s) {
    var known = s.identity().lived().review();
    var written = s.identity().calling().review();
    if (written.isEmpty()) {
      return new Review(known.last(), Optional.empty());
    }
    if (!isChecked(s)) {
      return counts(known, written.get()) ? known : new Review(known.last(), written);
    }
    if (known.disregarded().equals(written)) {
      return known;
    }
    return new Review(
        read(written.get()).filter(review -> isNew(review, s, known)).or(known::last),
        Optional.empty());
  }

  /// Whether this very annotation was seen and recorded while it was checked.
  private static boolean counts(Review known, String written) {
    return known.last().filter(last -> written.equals(last.by() + " " + last.at())).isPresent();
  }

  private static Optional<Reviewed> read(String written) {
    var parts = WRITTEN.matcher(written);
    try {
      return parts.matches()
          ? Optional.of(new Reviewed(parts.group(1), Instant.parse(parts.group(2))))
          : Optional.empty();
    } catch (DateTimeException noSuchTime) {
      return Optional.empty();
    }
  }

  private static boolean isNew(Reviewed review, Snapshot s, Review known) {
    return !isAhead(review, s)
        && !review.at().isBefore(s.identity().createdAt().truncatedTo(ChronoUnit.SECONDS))
        && known.last().filter(last -> !review.at().isAfter(last.at())).isEmpty();
  }

  private static boolean isAhead(Reviewed review, Snapshot s) {
    return review.at().isAfter(s.now().plus(AHEAD));
  }

  /// When an annotation of a time to come counts.
  private static Optional<Instant> ahead(Snapshot s) {
    return s.identity()
        .calling()
        .review()
        .flatMap(Reviewing::read)
        .filter(review -> isAhead(review, s))
        .map(review -> review.at().minus(AHEAD));
  }

  private static Verdict verdict(
      Snapshot s, Policy policy, Review record, Instant due, Instant said) {
    var last =
        record
            .last()
            .map(review -> "reviewed by " + review.by() + " at " + review.at())
            .orElse("never reviewed");
    if (s.now().isBefore(said)) {
      return Verdict.fine(
          Aspect.Reviewed,
          Truth.True,
          record.last().isPresent() ? Reason.Reviewed : Reason.NotRequired,
          last + ", the next review is due at " + due);
    }
    var ask =
        ": if it is still needed, somebody with the right to `review` annotates"
            + " credence.dev/review='<own name> <time>'"
            + complaint(s, record).map(text -> "; " + text).orElse("");
    return s.now().isBefore(due)
        ? Verdict.fine(
            Aspect.Reviewed,
            Truth.False,
            Reason.ReviewDue,
            last + ", policy " + policy.name() + " asks for a review by " + due + ask)
        : new Verdict(
            Aspect.Reviewed,
            Truth.False,
            Reason.ReviewOverdue,
            last + ", policy " + policy.name() + " asked for a review by " + due + ask,
            Weight.Violation);
  }

  private static Optional<String> complaint(Snapshot s, Review record) {
    if (record.disregarded().isPresent()) {
      return Optional.of(
          "the annotation that is there was written while the ValidatingAdmissionPolicy "
              + Admission.Reviews.resource()
              + " was not in force, so nobody checked who wrote it: review again when it is");
    }
    if (!isChecked(s)) {
      return Optional.of(
          "nobody can, while the ValidatingAdmissionPolicy "
              + Admission.Reviews.resource()
              + " is not in force (chart value `admission.review`)");
    }
    return s.identity().calling().review().flatMap(written -> complaint(s, written));
  }

  private static Optional<String> complaint(Snapshot s, String written) {
    var review = read(written);
    if (review.isEmpty()) {
      return Optional.of(
          "the annotation that is there is not a name and a time like 2027-01-01T00:00:00Z with a"
              + " space between");
    }
    return review
        .filter(read -> isAhead(read, s))
        .map(_ -> "the time in the annotation that is there is to come");
  }

  /// The record as the status says it; empty where there is nothing to say.
  Optional<Standing.Review> standing() {
    return due.isEmpty() && record.equals(Review.NONE)
        ? Optional.empty()
        : Optional.of(new Standing.Review(due, record));
  }
}
