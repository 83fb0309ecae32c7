// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Agreed;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.FormerScope;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.identity.RecordedStatus.RecordedApproval;
import dev.credence.facts.identity.Scope;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.policy.FromPolicy;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IssuanceHold;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The approval of the scope that the identity requests. An annotation with the name of the
/// approver and the shown scope counts if the API server verified its author. The operator then
/// records the approval in the status. It counts until the scope changes, even if the annotation or
/// the admission policy is removed.
///
/// The shown scope ends with the mark of the installation of the admission policy that checks it.
/// So an annotation written without that policy, or under an earlier installation, does not match.
///
/// `record`: the record after this reconcile; `halt`: why nothing is created meanwhile.
public record Approved(
    RecordedStatus.Approval record,
    Optional<IssuanceHold> halt,
    boolean enforced,
    ConditionResult result) {
  private static final Pattern WRITTEN = Pattern.compile("(\\S.*) ([0-9a-f]{4,64})");
  private static final Pattern MARK = Pattern.compile("(?:[0-9a-f]{8})?");

  public static Approved of(Snapshot s, EffectivePolicy policy) {
    var scope = Scope.of(s.identity(), hooks(s));
    var record = record(s, scope);
    var granted =
        !isUnread(s) && record.approved().filter(known -> known.scope().equals(scope)).isPresent();
    var required = requiredBy(policy);
    return new Approved(
        record,
        Optional.of(
                new IssuanceHold(
                    IssuanceHold.Cause.Unapproved, "scope " + shown(s, scope) + " is not approved"))
            .filter(_ -> required.isPresent() && !granted),
        required.isPresent(),
        result(s, required, record, scope, granted));
  }

  /// The name of the policy that requires an approval.
  private static Optional<String> requiredBy(EffectivePolicy policy) {
    return policy.approval().filter(chosen -> chosen.section().required()).map(FromPolicy::policy);
  }

  private static Map<String, HookTemplate> hooks(Snapshot s) {
    return s.suspensionFacts().vetting().hooks();
  }

  /// As an approver writes it.
  private static String shown(Snapshot s, String scope) {
    return scope + mark(s).orElse("");
  }

  private static Optional<String> mark(Snapshot s) {
    return s.suspensionFacts().vetting().installed(Admission.Approvals).map(Installation::mark);
  }

  private static RecordedStatus.Approval record(Snapshot s, String scope) {
    var known = converted(s, scope);
    var written = s.identity().lifecycleRequests().approve();
    if (written.isEmpty()) {
      return new RecordedStatus.Approval(known.approved(), Optional.empty());
    }
    if (!s.suspensionFacts().admissions().contains(Admission.Approvals)) {
      return counts(known, written.get())
          ? known
          : new RecordedStatus.Approval(known.approved(), written);
    }
    if (known.disregarded().equals(written)) {
      return known;
    }
    return by(written.get(), shown(s, scope))
        .filter(_ -> mark(s).isPresent() && !isUnread(s))
        .filter(_ -> known.approved().filter(old -> old.scope().equals(scope)).isEmpty())
        .map(
            name ->
                new RecordedStatus.Approval(
                    Optional.of(
                        new RecordedApproval(
                            scope, name, s.now().truncatedTo(ChronoUnit.SECONDS), lines(s))),
                    Optional.empty()))
        .orElse(new RecordedStatus.Approval(known.approved(), Optional.empty()));
  }

  /// What an earlier version of the operator recorded stays approved.
  private static RecordedStatus.Approval converted(Snapshot s, String scope) {
    var known = s.identity().recorded().approval();
    return isUnread(s)
        ? known
        : known
            .approved()
            .filter(old -> old.scope().equals(FormerScope.of(s.identity())))
            .map(
                old ->
                    new RecordedStatus.Approval(
                        Optional.of(new RecordedApproval(scope, old.by(), old.at(), lines(s))),
                        known.disregarded()))
            .orElse(known);
  }

  /// The hooks as they are now, a line for each.
  private static List<String> lines(Snapshot s) {
    return s.identity().secrets().stream()
        .flatMap(secret -> Stream.of(Step.values()).flatMap(step -> line(s, secret, step).stream()))
        .sorted()
        .toList();
  }

  private static Optional<String> line(Snapshot s, SecretWanted secret, Step step) {
    return secret
        .hooks()
        .of(step)
        .map(hook -> beginning(secret, step, hook) + digest(hooks(s).get(hook.cronJob())));
  }

  private static String beginning(SecretWanted secret, Step step, Hook hook) {
    return secret.name() + " " + step + " " + hook.cronJob() + " ";
  }

  private static String digest(@Nullable HookTemplate template) {
    return template instanceof HookTemplate.Found(var digest, _, _) ? digest : "-";
  }

  /// Whether it is not known what the hooks run, so that nobody can approve it.
  private static boolean isUnread(Snapshot s) {
    return unread(s).findAny().isPresent();
  }

  private static Stream<String> unread(Snapshot s) {
    return hooks(s).entrySet().stream()
        .flatMap(
            hook ->
                hook.getValue() instanceof HookTemplate.Unread(var why)
                    ? Stream.of("CronJob " + hook.getKey() + " cannot be read: " + why)
                    : Stream.of())
        .sorted();
  }

  /// Whether this very annotation was seen and recorded while it was checked.
  private static boolean counts(RecordedStatus.Approval known, String written) {
    return known
        .approved()
        .map(old -> old.by() + " " + old.scope())
        .filter(
            recorded ->
                written.startsWith(recorded)
                    && MARK.matcher(written.substring(recorded.length())).matches())
        .isPresent();
  }

  /// Who wrote an annotation for this scope.
  private static Optional<String> by(String written, String scope) {
    var parts = WRITTEN.matcher(written);
    return parts.matches() && parts.group(2).equals(scope)
        ? Optional.of(parts.group(1))
        : Optional.empty();
  }

  private static ConditionResult result(
      Snapshot s,
      Optional<String> required,
      RecordedStatus.Approval record,
      String scope,
      boolean granted) {
    if (required.isEmpty()) {
      return ConditionResult.notApplicable(ConditionType.Approved, ConditionStatus.True);
    }
    if (granted) {
      return ConditionResult.fine(
          ConditionType.Approved,
          ConditionStatus.True,
          Reason.Approved,
          record.approved().map(Approved::granted).orElse(""));
    }
    return new ConditionResult(
        ConditionType.Approved,
        ConditionStatus.False,
        record.approved().isPresent() ? Reason.ScopeChanged : Reason.ApprovalPending,
        "Policy "
            + required.get()
            + " requires an approval of scope "
            + shown(s, scope)
            + record.approved().map(old -> " (approved: " + old.scope() + ")").orElse("")
            + "."
            + changedHooks(s, record)
            + " "
            + command(s, scope)
            + complaint(s, record, scope).map(text -> " " + text).orElse(""),
        Impact.Violation);
  }

  private static String granted(RecordedApproval known) {
    return "Scope " + known.scope() + " was approved by " + known.by() + " at " + known.at() + ".";
  }

  private static String command(Snapshot s, String scope) {
    var unread = unread(s).findFirst();
    if (unread.isPresent()) {
      return "The approval is not possible: " + Sentences.sentence(unread.get());
    }
    return mark(s).isEmpty()
        ? "The approval is not possible: the ValidatingAdmissionPolicy "
            + Admission.Approvals.resource()
            + " is not active (chart value `admission.approval`). Activate it, then approve the scope that this message shows."
        : "A user with the verb `approve`, other than the requester, must set the annotation credence.dev/approve='<own name> "
            + shown(s, scope)
            + "'.";
  }

  /// What was approved and runs something else by now.
  private static String changedHooks(Snapshot s, RecordedStatus.Approval record) {
    return record
        .approved()
        .flatMap(
            old ->
                s.identity().secrets().stream()
                    .flatMap(
                        secret ->
                            Stream.of(Step.values())
                                .flatMap(step -> changed(s, secret, step, old.hooks()).stream()))
                    .findFirst()
                    .map(
                        hook ->
                            " CronJob " + hook + " changed after " + old.by() + " approved it."))
        .orElse("");
  }

  private static Optional<String> changed(
      Snapshot s, SecretWanted secret, Step step, List<String> approved) {
    return secret
        .hooks()
        .of(step)
        .filter(
            hook ->
                line(s, secret, step).filter(approved::contains).isEmpty()
                    && approved.stream()
                        .anyMatch(line -> line.startsWith(beginning(secret, step, hook))))
        .map(Hook::cronJob);
  }

  private static Optional<String> complaint(
      Snapshot s, RecordedStatus.Approval record, String scope) {
    if (record.disregarded().isPresent()) {
      return Optional.of(
          "The existing annotation was written while the ValidatingAdmissionPolicy "
              + Admission.Approvals.resource()
              + " was not active, so its author was not verified. Remove it, and approve again when"
              + " the policy is active.");
    }
    return s.identity()
        .lifecycleRequests()
        .approve()
        .filter(written -> by(written, shown(s, scope)).isEmpty())
        .map(written -> complaint(written, scope));
  }

  private static String complaint(String written, String scope) {
    var parts = WRITTEN.matcher(written);
    if (!parts.matches()) {
      return "The existing annotation is not a name and a scope, separated by a space.";
    }
    return parts.group(2).startsWith(scope)
        ? "The existing annotation was not verified by the admission policy that is installed now. Approve again."
        : "The existing annotation is for another scope.";
  }

  /// The hooks of the Secret, each with what somebody approved that it runs.
  public Hooks agreed(Snapshot s, SecretWanted secret) {
    return enforced ? secret.hooks().map(hook -> agreed(s, hook)) : secret.hooks();
  }

  private Hook agreed(Snapshot s, Hook hook) {
    var by = record.approved().map(RecordedApproval::by).orElse("");
    return hooks(s).get(hook.cronJob()) instanceof HookTemplate.Found(var digest, _, _)
        ? new Hook(hook.cronJob(), hook.timeout(), Optional.of(new Agreed(digest, by)))
        : hook;
  }

  /// The steps of the Secret whose hooks nobody has approved: neither with the identity as it is
  /// now nor, as they are now, with an earlier scope.
  public Set<Step> withheld(Snapshot s, SecretWanted secret) {
    return enforced
        ? Stream.of(Step.values())
            .filter(step -> secret.hooks().of(step).isPresent())
            .filter(step -> isUnread(s) || !isApproved(s, secret, step))
            .collect(Collectors.toUnmodifiableSet())
        : Set.of();
  }

  private boolean isApproved(Snapshot s, SecretWanted secret, Step step) {
    var line = line(s, secret, step);
    return record.approved().stream()
        .map(RecordedApproval::hooks)
        .anyMatch(approved -> line.filter(approved::contains).isPresent());
  }

  /// Whether nothing that it asks for has ever been approved.
  public boolean isRequested() {
    return record.approved().isEmpty();
  }
}
