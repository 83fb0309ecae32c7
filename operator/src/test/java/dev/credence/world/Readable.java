// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity.Owner;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.Section;
import dev.credence.facts.usage.Evicted;
import dev.credence.plan.Action;
import dev.credence.plan.Action.Labelling;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.plan.Action.Why;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Counts;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.IdentityStatus.Use.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Decisions as golden files show them: what differs from an identity in order, or everything.
public final class Readable {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9@._/ ()=,;]*");

  /// Leaves out conditions with their usual value ([Compliant]), an owner as the spec names it, and
  /// empty lists of credentials and violations. The enforcement is with the name of the policy.
  public static String decision(Decision decision, Owner declared) {
    return decision(decision, Optional.of(declared));
  }

  public static String everything(Decision decision) {
    return decision(decision, Optional.empty());
  }

  /// `declared`: the owner in the spec. Empty: nothing is left out.
  private static String decision(Decision decision, Optional<Owner> declared) {
    var lines = new ArrayList<String>();
    decision
        .counted()
        .ifPresent(
            budget -> lines.add("counted: %s, most %d".formatted(budget.policy(), budget.most())));
    list(lines, "", "actions", decision.actions().stream().map(Readable::action).toList());
    decision.reconcileAt().ifPresent(time -> lines.add("lookAgainAt: " + time));
    decision
        .status()
        .ifPresentOrElse(
            status -> {
              lines.add("standing:");
              status(status, declared).forEach(line -> lines.add("  " + line));
            },
            () -> lines.add("standing: none"));
    return String.join("\n", lines) + "\n";
  }

  private static List<String> status(IdentityStatus status, Optional<Owner> declared) {
    var brief = declared.isPresent();
    var lines = new ArrayList<String>();
    lines.add("state: " + status.state());
    status
        .type()
        .ifPresent(type -> lines.add("type: %s (%s)".formatted(type.type(), type.reason())));
    if (declared.filter(owner -> isThatOf(owner, status.owner())).isEmpty()) {
      lines.add("owner: " + quoted(owner(status.owner())));
    }
    policies(lines, status.policies());
    status.end().ifPresent(end -> lines.add("end: " + end));
    status.nextAction().ifPresent(time -> lines.add("nextAction: " + time));
    lines.add("members: " + members(status.members()));
    if (!brief || !status.credentials().isEmpty()) {
      list(
          lines,
          "",
          "credentials",
          status.credentials().stream().map(Readable::credential).toList());
    }
    var handled = status.handled();
    handled.rotate().ifPresent(value -> lines.add("handledRotate: " + quoted(value)));
    handled.rollback().ifPresent(value -> lines.add("handledRollback: " + quoted(value)));
    handled.abort().ifPresent(value -> lines.add("handledAbort: " + quoted(value)));
    handled.revoke().ifPresent(value -> lines.add("handledRevoke: " + quoted(value)));
    status
        .risk()
        .filter(risk -> !risk.findings().isEmpty())
        .ifPresent(
            risk ->
                list(lines, "", "risk", risk.findings().stream().map(Readable::finding).toList()));
    status
        .risk()
        .flatMap(IdentityStatus.Risk::rights)
        .ifPresent(
            rights ->
                lines.add(
                    "rights: %d of %d unused, %d unknown, remove %s, reduce %s"
                        .formatted(
                            rights.unused(),
                            rights.total(),
                            rights.unknown(),
                            rights.remove(),
                            rights.reduce())));
    status
        .use()
        .filter(use -> use.source() != Source.None || use.referencedUntil().isPresent())
        .ifPresent(
            use ->
                lines.add(
                    "use: "
                        + use.lastDay().map(day -> day + ", ").orElse("")
                        + "source "
                        + use.source()
                        + use.referencedUntil()
                            .map(day -> ", referenced until " + day)
                            .orElse("")));
    behavior(lines, status.behavior());
    status
        .review()
        .ifPresent(
            review -> {
              review.due().ifPresent(due -> lines.add("review: due " + due));
              review
                  .record()
                  .last()
                  .ifPresent(last -> lines.add("reviewed: by " + last.by() + " at " + last.at()));
              review
                  .record()
                  .disregarded()
                  .ifPresent(text -> lines.add("disregardedReview: " + quoted(text)));
            });
    status
        .suspension()
        .ifPresent(
            suspension -> {
              lines.add(
                  "suspended: "
                      + quoted(
                          suspension.since()
                              + ", in force "
                              + suspension.inForce().stream().sorted().toList()));
              list(lines, "", "notCovered", suspension.notCovered());
            });
    if (!status.ended().isEmpty()) {
      list(lines, "", "endedTokens", status.ended().stream().map(Readable::ended).toList());
    }
    status
        .approval()
        .approved()
        .ifPresent(
            approved ->
                lines.add(
                    "approved: "
                        + quoted(
                            approved.scope() + " by " + approved.by() + " at " + approved.at())));
    status.approval().disregarded().ifPresent(text -> lines.add("disregarded: " + quoted(text)));
    var conditions =
        status.results().stream().filter(v -> !brief || !Compliant.is(v, status)).toList();
    var absent = brief ? Compliant.absent(status) : List.<ConditionType>of();
    if (!conditions.isEmpty() || !absent.isEmpty()) {
      lines.add("conditions:");
    }
    conditions.forEach(
        v -> lines.add("  %s: %s".formatted(v.type(), quoted(Compliant.reported(v)))));
    absent.forEach(type -> lines.add("  " + type + ": absent"));
    if (!brief || !status.violations().isEmpty()) {
      list(lines, "", "violations", status.violations().stream().map(Readable::violation).toList());
    }
    return lines;
  }

  private static void behavior(List<String> lines, RecordedStatus.Behavior behavior) {
    if (!behavior.findings().isEmpty()) {
      list(lines, "", "odd", behavior.findings().stream().map(Readable::odd).toList());
    }
    behavior.suspendsFrom().ifPresent(time -> lines.add("suspendsFrom: " + time));
    behavior.suspendedAt().ifPresent(time -> lines.add("suspendedAt: " + time));
  }

  private static String odd(RecordedStatus.OddFinding finding) {
    return "%s of %s%s, %s to %s, from %s by %s (%s): %s"
        .formatted(
            finding.kind(),
            finding.account(),
            finding.count() == 1 ? "" : " x" + finding.count(),
            finding.first(),
            finding.last(),
            finding.place(),
            finding.agent(),
            finding.auditId(),
            finding.message());
  }

  private static boolean isThatOf(Owner declared, IdentityStatus.OwnerFound found) {
    return found.source() == IdentityStatus.Source.Spec
        && found.contact().equals(declared.contact())
        && found.team().equals(declared.team());
  }

  /// A single policy decides all sections that it has.
  private static void policies(List<String> lines, List<PolicyApplied> policies) {
    if (policies.size() == 1) {
      lines.add("policy: " + policy(policies.getFirst()));
    } else if (!policies.isEmpty()) {
      list(
          lines,
          "",
          "policies",
          policies.stream().map(one -> policy(one) + ": " + sections(one)).toList());
    }
  }

  private static String policy(PolicyApplied policy) {
    return policy.name() + " (" + policy.enforcement() + "), generation " + policy.generation();
  }

  private static String sections(PolicyApplied policy) {
    return Stream.concat(
            policy.sections().stream().map(Section::toString),
            policy.hidden().stream()
                .map(hidden -> "not " + hidden.section() + " (" + hidden.by() + " does)"))
        .reduce((first, next) -> first + ", " + next)
        .orElse("no section");
  }

  private static String violation(IdentityStatus.Violation violation) {
    return violation.reason()
        + (violation.enforcement() == Enforcement.Audit
            ? " (Audit, " + violation.policy().orElse("") + ")"
            : "");
  }

  private static void list(List<String> lines, String indent, String name, List<String> items) {
    if (items.isEmpty()) {
      lines.add(indent + name + ": []");
      return;
    }
    lines.add(indent + name + ":");
    items.forEach(item -> lines.add(indent + "- " + quoted(item)));
  }

  private static String ended(RecordedStatus.EndedToken token) {
    return "%s of %s (%s)%s"
        .formatted(
            token.secret(), token.account(), token.accountUid(), token.unused() ? ", unused" : "");
  }

  private static String quoted(String text) {
    return PLAIN.matcher(text).matches()
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String finding(IdentityStatus.Finding finding) {
    return "%s %s by %s: %s"
        .formatted(finding.severity(), finding.rule(), finding.via(), finding.detail());
  }

  private static String owner(IdentityStatus.OwnerFound owner) {
    var contact = owner.contact().orElse("nobody");
    return contact
        + owner.team().map(team -> " of " + team).orElse("")
        + ", source "
        + owner.source();
  }

  private static String members(Counts counts) {
    var all =
        Stream.of(
                some("serviceAccounts", counts.serviceAccounts()),
                some("secrets", counts.secrets()),
                some("certificates", counts.certificates()),
                some("missing", counts.missing()),
                some("notManaged", counts.notManaged()),
                some("conflicted", counts.conflicted()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return "{" + all + "}";
  }

  private static Optional<String> some(String what, int count) {
    return count == 0 ? Optional.empty() : Optional.of(what + ": " + count);
  }

  public static String credential(Credential c) {
    var parts = new ArrayList<String>();
    parts.add(c.name() + " is " + c.phase() + " (" + c.kind() + ")");
    c.version().ifPresent(version -> parts.add("version " + version));
    c.issuedAt().ifPresent(time -> parts.add("issued " + time));
    c.nextRotation().ifPresent(time -> parts.add("next " + time));
    c.rotation()
        .filter(rotation -> !rotation.source().equals("Spec"))
        .ifPresent(
            rotation ->
                parts.add(
                    rotation.interval().or(rotation::schedule).orElse("")
                        + " by "
                        + rotation.source()));
    c.previousRetires().ifPresent(time -> parts.add("previous until " + time));
    c.ends().ifPresent(time -> parts.add("ends " + time));
    c.failedAttempts().ifPresent(attempts -> parts.add("failed attempts: " + attempts));
    c.renewing().ifPresent(revision -> parts.add("revision " + revision + " to be followed"));
    c.consumers()
        .ifPresent(
            users ->
                parts.add(
                    users.current()
                        + " of "
                        + users.total()
                        + " consumers have it"
                        + (users.leftBehind() > 0
                            ? " and " + users.leftBehind() + " none that is valid"
                            : "")));
    c.probe()
        .ifPresent(
            probe ->
                parts.add(
                    "probed at "
                        + probe.start()
                        + (probe.failure().isPresent()
                            ? " and fails"
                            : probe.passed() ? " and passes" : "")));
    c.used().current().ifPresent(day -> parts.add("used on " + day));
    c.used().previous().ifPresent(time -> parts.add("previous used at " + time));
    c.account()
        .ifPresent(a -> parts.add("opens " + a.type() + " " + a.name() + " at " + a.system()));
    return String.join(", ", parts) + c.message().map(message -> "; " + message).orElse("");
  }

  public static String action(Action action) {
    return switch (action) {
      case Action.Issue(
              var subject,
              var type,
              var material,
              var labelling,
              var versionInfo,
              var retained) ->
          "Issue "
              + subject
              + " as "
              + type
              + " with "
              + material(material)
              + ", "
              + versionInfo(versionInfo)
              + marks(labelling)
              + (retained ? ", to stay without the identity" : "");
      case Action.Rotate(var subject, _, _, var versionInfo, var why) ->
          "Rotate " + subject + " to " + versionInfo(versionInfo) + ", " + why(why);
      case Action.Stage(
              var subject,
              var of,
              var current,
              _,
              var generatorSpec,
              _,
              var versionInfo) ->
          "Stage in "
              + subject
              + (current.isPresent() ? " the next" : " the first")
              + " value of "
              + of
              + " with "
              + material(generatorSpec)
              + ", "
              + versionInfo(versionInfo);
      case Action.RunHook(var subject, var of, _, var hook, var version, _, var about, _, _, _) ->
          "Run %s from CronJob %s for version %d of %s, in %s under <key>%s, at most %ds"
              .formatted(
                  subject,
                  hook.cronJob(),
                  version,
                  of,
                  about.secret(),
                  about.suffix(),
                  hook.timeout().toSeconds());
      case Action.AdmitHook(var subject, _, _, var job, _, var keys) ->
          "Admit the pod of " + job + " to write " + String.join(", ", keys) + " into " + subject;
      case Action.Note(var subject, _, var runs) ->
          "Note on "
              + subject
              + ": "
              + runs.stream().map(Readable::run).collect(Collectors.joining(", "));
      case Action.Promote(
              var subject,
              var current,
              var pending,
              _,
              _,
              _,
              _,
              var versionInfo,
              _,
              var why) ->
          (current.isPresent() ? "Switch " : "Create ")
              + subject
              + " from "
              + pending
              + ", "
              + versionInfo(versionInfo)
              + (current.isPresent() ? ", " + why(why) : "");
      case Action.BeginRevoke(var subject, _) -> "End the previous value of " + subject;
      case Action.Retire(var subject, _, var left) ->
          "Retire the previous value of "
              + subject
              + left.map(before -> ", which pods from before " + before + " still use").orElse("");
      case Action.CaughtUp(var subject, _) -> "Note on " + subject + " that all have moved";
      case Action.Rollback(var subject, _, var versionInfo) ->
          "Roll back " + subject + ", " + versionInfo(versionInfo);
      case Action.Acknowledge(var subject, _, _, _, var what) ->
          "Acknowledge on " + subject + ": " + what;
      case Action.Anchor(var subject, var of, var version, _, _) ->
          "Anchor version " + version + " of " + of + " in " + subject;
      case Action.Remove(var subject, _, var why) -> "Remove " + subject + ": " + why;
      case Action.Adopt(var subject, _, var versionInfo, _) ->
          "Adopt " + subject + versionInfo.map(says -> " as " + versionInfo(says)).orElse("");
      case Action.Reword(var subject, _, var generatorSpec, _, var added) ->
          "Reword "
              + subject
              + ": "
              + generatorSpec.keys().stream()
                  .filter(GeneratedContent::isText)
                  .map(key -> key.name())
                  .collect(Collectors.joining(", "))
              + (added.isEmpty()
                  ? ""
                  : "; generate "
                      + added.stream().map(key -> key.name()).collect(Collectors.joining(", ")));
      case Action.RenewKubeconfig(var subject, _, _) -> "Renew the kubeconfig of " + subject;
      case Action.UpdateMetadata(
              var subject,
              _,
              var metadata,
              var removedLabels,
              var removedAnnotations) ->
          "Update metadata of "
              + subject
              + ": labels "
              + metadata.labels()
              + ", annotations "
              + metadata.annotations()
              + (removedLabels.isEmpty() && removedAnnotations.isEmpty()
                  ? ""
                  : ", without "
                      + Stream.concat(removedLabels.stream(), removedAnnotations.stream())
                          .sorted()
                          .collect(Collectors.joining(" ")));
      case Action.ResetIssuedAt(var subject, _, var issuedAt, var until) ->
          "Redate "
              + subject
              + " to "
              + issuedAt
              + until.map(at -> ", the previous until " + at).orElse("");
      case Action.Release(var subject, _, var left) -> "Release " + subject + marks(left);
      case Action.SetOwner(var subject, _, var retained) ->
          "Tie " + subject + (retained ? ", to stay without the identity" : ", to go with it");
      case Action.DenyWrites(var subject, var entry) ->
          "Freeze ServiceAccount %s: MachineIdentity %s (%s) since %s%s: %s"
              .formatted(
                  subject.name(),
                  entry.identity(),
                  entry.uid(),
                  entry.since(),
                  entry.outlivesItsIdentity() ? " until released" : "",
                  entry.why());
      case Action.AllowWrites(var subject) -> "Thaw ServiceAccount " + subject.name();
      case Action.Invalidate(var subject, _, var since, _, _) ->
          "Invalidate the token in " + subject + " since " + since;
      case Action.Revalidate(var subject, _) -> "Revalidate the token in " + subject;
      case Action.Restart(var subject, _, var value, var at) ->
          "Restart "
              + subject
              + " for "
              + value
              + at.map(time -> " by restartAt " + time).orElse("");
      case Action.Evict(var subject, _, var noted) ->
          "Evict "
              + subject
              + noted
                  .map(note -> ", noted on " + note.secret() + ": " + Evicted.text(note.evicted()))
                  .orElse("");
      case Action.Renew(var subject, _, _, _, _) -> "Renew " + subject;
      case Action.CreateCertificate(var subject, var issuance, var labelling, var retained) ->
          "Order "
              + subject
              + " from "
              + issuance.issuer()
              + " into Secret "
              + issuance.secretName()
              + marks(labelling)
              + (retained ? ", to stay without the identity" : "");
      case Action.UpdateCertificate(var subject, _, var issuance, var fields, _) ->
          "Amend "
              + subject
              + ": "
              + fields.stream()
                  .map(
                      field ->
                          field
                              + " to "
                              + field.of(issuance).map(String::valueOf).orElse("nothing"))
                  .collect(Collectors.joining(", "));
      case Action.CreateServiceAccount(var subject, var automount, var labelling, var retained) ->
          "Provision "
              + subject
              + mount(automount)
              + marks(labelling)
              + (retained ? ", to stay without the identity" : "");
      case Action.UpdateServiceAccount(var subject, _, var automount) ->
          "Adjust " + subject + mount(automount);
      case Action.Mark(var subject, _, var labelling) -> "Mark " + subject + marks(labelling);
      case Action.Relabel(var subject, _, var labelling, _) ->
          "Relabel " + subject + marks(labelling);
      case Action.Unmark(var subject, _) -> "Unmark " + subject;
    };
  }

  private static String material(SecretContent material) {
    return switch (material) {
      case GeneratedContent(var keys) ->
          keys.stream().map(KeySpec::name).collect(Collectors.joining(" "));
      case TokenRecipe(var account, var audiences, var lifetime, var kubeconfig, _) ->
          "a token of "
              + account
              + " for "
              + lifetime.toHours()
              + "h"
              + (audiences.isEmpty() ? "" : " for " + String.join(" ", audiences))
              + (kubeconfig ? " with kubeconfig" : "");
    };
  }

  private static String versionInfo(VersionInfo versionInfo) {
    return "version "
        + versionInfo.version()
        + versionInfo.previousRetiresAt().map(time -> ", the previous until " + time).orElse("")
        + (versionInfo.previousRetiresAt().isPresent() && !versionInfo.keepsPrevious()
            ? " but not readable"
            : "")
        + versionInfo
            .handled()
            .identityRotate()
            .map(value -> ", for the identity's request " + value)
            .orElse("")
        + versionInfo
            .handled()
            .rotate()
            .map(value -> ", for the Secret's request " + value)
            .orElse("")
        + versionInfo
            .handled()
            .revoke()
            .or(versionInfo.handled()::identityRevoke)
            .map(value -> ", for the revocation " + value)
            .orElse("")
        + versionInfo.handled().rollback().map(value -> ", for the rollback " + value).orElse("")
        + versionInfo
            .leftBefore()
            .map(before -> ", not read by pods from before " + before)
            .orElse("");
  }

  private static String why(Why why) {
    return switch (why) {
      case Why.OnSchedule(var due) -> "due since " + due;
      case Why.OnRequest _ -> "on request";
      case Why.BeforeItsEnd(var due, var end) ->
          "due since " + due + " and before its end at " + end;
      case Why.Revoked(var reason) -> "revoked: " + reason;
      case Why.Dead(var how) -> "dead: " + how;
      case Why.OnChange _ -> "because generate changed";
    };
  }

  private static String mount(boolean automount) {
    return automount ? ", its token mounted" : ", its token not mounted";
  }

  private static String marks(Labelling labelling) {
    return labelling.identity().map(name -> ", identity=" + name).orElse("")
        + labelling.owner().map(contact -> ", owner=" + contact).orElse("")
        + labelling.team().map(team -> ", team=" + team).orElse("");
  }

  private static String run(HookRun run) {
    return run.job()
        + switch (run.outcome()) {
          case HookJob.Outcome.Running _ -> " started";
          case HookJob.Outcome.Succeeded(var at) -> " succeeded at " + at;
          case HookJob.Outcome.Failed(var at, _) -> " failed at " + at;
        };
  }

  private Readable() {}
}
