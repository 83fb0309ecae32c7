package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.Lived;
import dev.credence.facts.Lived.Approved;
import dev.credence.facts.Policy;
import dev.credence.facts.Safeguards.Admission;
import dev.credence.facts.Scope;
import dev.credence.facts.Snapshot;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/// Has somebody approved what the identity asks for? An annotation with the name of who did and
/// the scope that was shown counts where the API server checked who wrote it; once seen it is in
/// our own record, and counts until the scope changes, whatever becomes of annotation and
/// admission policy.
///
/// `record`: what is remembered after this look; `halt`: why nothing is made meanwhile. A policy
/// that only audits holds nothing back.
record Approval(Lived.Approval record, Optional<Halt> halt, Verdict verdict) {
  private static final Pattern WRITTEN = Pattern.compile("(\\S.*) ([0-9a-f]{4,64})");

  static Approval of(Snapshot s, Optional<Policy> policy) {
    var scope = Scope.of(s.identity());
    var record = record(s, scope);
    var granted = record.approved().filter(known -> known.scope().equals(scope)).isPresent();
    return new Approval(
        record,
        policy
            .filter(chosen -> chosen.approvalRequired() && chosen.enforces() && !granted)
            .map(_ -> new Halt(Halt.Cause.Unapproved, "scope " + scope + " is not approved")),
        verdict(s, policy, record, scope, granted));
  }

  private static Lived.Approval record(Snapshot s, String scope) {
    var known = s.identity().lived().approval();
    var written = s.identity().calling().approve();
    if (written.isEmpty()) {
      return new Lived.Approval(known.approved(), Optional.empty());
    }
    if (!s.safeguards().guards().contains(Admission.Approvals)) {
      return counts(known, written.get()) ? known : new Lived.Approval(known.approved(), written);
    }
    if (known.disregarded().equals(written)) {
      return known;
    }
    return by(written.get(), scope)
        .filter(_ -> known.approved().filter(old -> old.scope().equals(scope)).isEmpty())
        .map(
            name ->
                new Lived.Approval(
                    Optional.of(new Approved(scope, name, s.now().truncatedTo(ChronoUnit.SECONDS))),
                    Optional.empty()))
        .orElse(new Lived.Approval(known.approved(), Optional.empty()));
  }

  /// Whether this very annotation was seen and recorded while it was checked.
  private static boolean counts(Lived.Approval known, String written) {
    return known.approved().filter(old -> written.equals(old.by() + " " + old.scope())).isPresent();
  }

  /// Who wrote an annotation for this scope.
  private static Optional<String> by(String written, String scope) {
    var parts = WRITTEN.matcher(written);
    return parts.matches() && parts.group(2).equals(scope)
        ? Optional.of(parts.group(1))
        : Optional.empty();
  }

  private static Verdict verdict(
      Snapshot s, Optional<Policy> policy, Lived.Approval record, String scope, boolean granted) {
    if (policy.filter(Policy::approvalRequired).isEmpty()) {
      return Verdict.fine(
          Aspect.Approved, Truth.True, Reason.NotRequired, "no policy asks for an approval");
    }
    if (granted) {
      return Verdict.fine(
          Aspect.Approved,
          Truth.True,
          Reason.Approved,
          record
              .approved()
              .map(known -> "scope " + scope + " approved by " + known.by() + " at " + known.at())
              .orElse(""));
    }
    return new Verdict(
        Aspect.Approved,
        Truth.False,
        record.approved().isPresent() ? Reason.ScopeChanged : Reason.ApprovalPending,
        "policy "
            + policy.orElseThrow().name()
            + " asks for an approval of scope "
            + scope
            + record.approved().map(old -> " (" + old.scope() + " was approved)").orElse("")
            + ": somebody with the right to `approve`, who did not ask for it, annotates credence.dev/approve='<own name> "
            + scope
            + "'"
            + complaint(s, record, scope).map(text -> "; " + text).orElse(""),
        Weight.Violation);
  }

  private static Optional<String> complaint(Snapshot s, Lived.Approval record, String scope) {
    if (record.disregarded().isPresent()) {
      return Optional.of(
          "the annotation that is there was written while the ValidatingAdmissionPolicy "
              + Admission.Approvals.resource()
              + " was not in force, so nobody checked who wrote it: take it off and approve again"
              + " when that policy is in force");
    }
    return s.identity()
        .calling()
        .approve()
        .filter(written -> by(written, scope).isEmpty())
        .map(
            written ->
                WRITTEN.matcher(written).matches()
                    ? "the annotation that is there is for another scope"
                    : "the annotation that is there is not a name and a scope with a space between");
  }

  /// Whether nothing that it asks for has ever been approved.
  boolean isRequested() {
    return record.approved().isEmpty();
  }
}
