package dev.credence.decide;

import dev.credence.decide.Standing.OwnerFound;
import dev.credence.decide.Standing.Source;
import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;
import dev.credence.decide.Verdict.Weight;
import dev.credence.facts.ContactPattern;
import dev.credence.facts.Policy;
import dev.credence.facts.Policy.OwnerRule;
import dev.credence.facts.Snapshot;
import java.util.Optional;

/// Who answers for the identity? Its spec, else the annotations of its namespace; a team alone is
/// nobody to call.
final class Ownership {

  static OwnerFound of(Snapshot s) {
    var declared = s.identity().owner();
    var team = declared.team().or(s.home()::team);
    if (declared.contact().isPresent()) {
      return new OwnerFound(declared.contact(), team, Source.Spec);
    }
    return new OwnerFound(
        s.home().owner(), team, s.home().owner().isPresent() ? Source.Namespace : Source.None);
  }

  static Verdict verdict(Snapshot s, OwnerFound owner, Optional<Policy> policy) {
    var rule = policy.map(Policy::owner).orElse(OwnerRule.NONE);
    if (owner.contact().isEmpty()) {
      return new Verdict(
          Aspect.OwnerAssigned,
          Truth.False,
          Reason.OwnerMissing,
          "nobody answers for this identity: set `spec.owner.contact`, or annotate the namespace with credence.dev/owner",
          rule.required() ? Weight.Violation : Weight.None);
    }
    var contact = owner.contact().get();
    if (refuses(rule, contact)) {
      return violation(
          Reason.OwnerInvalid, "contact '" + contact + "' is not what " + wanted(rule, policy));
    }
    var backup = s.identity().owner().backup();
    if (rule.backupRequired() && backup.isEmpty()) {
      return violation(
          Reason.BackupMissing,
          "policy "
              + policy.map(Policy::name).orElse("")
              + " asks for a backup: set `spec.owner.backup`");
    }
    if (backup.filter(name -> refuses(rule, name)).isPresent()) {
      return violation(
          Reason.OwnerInvalid, "backup '" + backup.get() + "' is not what " + wanted(rule, policy));
    }
    return Verdict.fine(
        Aspect.OwnerAssigned,
        Truth.True,
        Reason.Assigned,
        contact
            + " answers for this identity"
            + (owner.source() == Source.Namespace ? " (from the namespace)" : ""));
  }

  private static Verdict violation(Reason reason, String message) {
    return new Verdict(Aspect.OwnerAssigned, Truth.False, reason, message, Weight.Violation);
  }

  private static boolean refuses(OwnerRule rule, String contact) {
    return rule.pattern()
        .filter(
            pattern ->
                switch (pattern) {
                  case ContactPattern.Usable usable -> !usable.accepts(contact);
                  case ContactPattern.Broken broken -> false; // the policy's own condition says so
                })
        .isPresent();
  }

  private static String wanted(OwnerRule rule, Optional<Policy> policy) {
    var pattern =
        rule.pattern()
            .map(
                form ->
                    switch (form) {
                      case ContactPattern.Usable(var regex) -> regex.pattern();
                      case ContactPattern.Broken broken -> "";
                    })
            .orElse("");
    return "policy " + policy.map(Policy::name).orElse("") + " asks for: " + pattern;
  }

  private Ownership() {}
}
