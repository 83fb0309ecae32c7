// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Times;
import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.facts.Snapshot;
import dev.credence.facts.policy.Section;
import dev.credence.facts.time.Windows;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.Decision;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.PolicyApplied;
import dev.credence.plan.Sentences;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A decision in words: what is so, why, and what comes next.
record Explanation(Snapshot snapshot, Decision decision) {

  /// Line by line.
  List<String> lines() {
    var lines = new ArrayList<String>();
    var identity = snapshot.identity();
    var name = "MachineIdentity " + identity.namespace() + "/" + identity.name();
    if (decision.status().isEmpty()) {
      lines.add(name + " is being deleted, with the objects that the operator created for it.");
      return lines;
    }
    var status = decision.status().get();
    var ready = status.always(ConditionType.Ready);
    lines.add(
        name
            + ": "
            + status.state()
            + (status.ready() ? ", Ready" : ", not Ready (" + ready.reason() + ")"));
    lines.add("  " + ready.message());
    status
        .type()
        .ifPresent(typed -> lines.add("  Type: " + typed.type() + " (" + typed.reason() + ")"));
    section(lines, "Owner", Stream.of(owner(status)));
    section(lines, "Policies", policies(status));
    section(lines, "Problems", matters(status));
    section(lines, "Odd behavior", odd(status));
    section(lines, "Suspension", suspension(status));
    section(lines, "Credentials", status.credentials().stream().flatMap(this::credential));
    section(lines, "Next actions", next(status));
    section(lines, "Actions that are due now", actions());
    return lines;
  }

  private static void section(List<String> lines, String title, Stream<String> content) {
    var all = content.map(line -> "  " + line).toList();
    if (!all.isEmpty()) {
      lines.add("");
      lines.add(title);
      lines.addAll(all);
    }
  }

  private static String owner(IdentityStatus status) {
    var owner = status.owner();
    return owner.contact().orElse("None")
        + owner.team().map(team -> ", team " + team).orElse("")
        + switch (owner.source()) {
          case Spec -> "";
          case Namespace -> " (from the annotations of the namespace)";
          case None ->
              ". Set spec.owner.contact, or annotate the namespace with credence.dev/owner.";
        };
  }

  private Stream<String> policies(IdentityStatus status) {
    if (status.policies().isEmpty()) {
      return Stream.of(
          "None of "
              + snapshot.policies().size()
              + " policies matches. The defaults apply, which enforce nothing.");
    }
    return status.policies().stream().flatMap(this::policy);
  }

  private Stream<String> policy(PolicyApplied applied) {
    var policy =
        snapshot.policies().stream().filter(one -> one.name().equals(applied.name())).findFirst();
    return Stream.of(
            Stream.of(
                applied.name()
                    + " ("
                    + applied.enforcement()
                    + policy.map(found -> ", priority " + found.priority()).orElse("")
                    + ") "
                    + (applied.enforces() ? "decides " : "would decide ")
                    + names(applied.sections())),
            applied.hidden().stream()
                .map(
                    hidden ->
                        "  Policy "
                            + hidden.by()
                            + " decides the section "
                            + hidden.section()
                            + "."),
            policy.stream()
                .flatMap(found -> MatchingPolicies.problems(found).stream())
                .map(problem -> "  Not applied: " + problem),
            policy.stream()
                .filter(_ -> applied.enforces() && applied.sections().contains(Section.Rotation))
                .flatMap(found -> found.sections().rotation().stream())
                .flatMap(rotation -> windows(rotation.procedure().windows()).stream())
                .map(line -> "  " + line))
        .flatMap(lines -> lines);
  }

  private static String names(List<Section> sections) {
    return sections.isEmpty()
        ? "nothing"
        : sections.stream().map(Section::toString).collect(Collectors.joining(", "));
  }

  private Optional<String> windows(Windows windows) {
    if (!windows.limited()) {
      return Optional.empty();
    }
    return Optional.of(
        windows.areOpen(snapshot.now())
            ? "A maintenance window is open: rotations may start now."
            : windows
                .openFrom(snapshot.now())
                .map(
                    at ->
                        "Rotations start in maintenance windows. The next opens at "
                            + times().words(at)
                            + ".")
                .orElse("Rotations start in maintenance windows, and none of them ever opens."));
  }

  private static Stream<String> matters(IdentityStatus status) {
    return status.results().stream()
        .filter(ConditionResult::isProblem)
        .map(
            result ->
                result.type()
                    + " "
                    + result.status()
                    + ", "
                    + result.reason()
                    + ": "
                    + result.message());
  }

  private Stream<String> odd(IdentityStatus status) {
    return status.behavior().findings().stream()
        .flatMap(
            finding ->
                Stream.of(
                    "%s of ServiceAccount %s: %s"
                        .formatted(
                            finding.kind(), finding.account(), times().words(finding.last())),
                    "  " + finding.message(),
                    "  From %s by %s, audit ID %s"
                        .formatted(
                            known(finding.place()),
                            known(finding.agent()),
                            known(finding.auditId()))));
  }

  private static String known(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private Stream<String> suspension(IdentityStatus status) {
    return status.suspension().stream()
        .flatMap(
            suspension ->
                Stream.concat(
                    Stream.of(
                        "Since " + times().words(suspension.since()) + ": " + suspension.reason(),
                        "In effect: "
                            + (suspension.inForce().isEmpty()
                                ? "nothing yet"
                                : suspension.inForce().stream()
                                    .map(Enum::name)
                                    .sorted()
                                    .collect(Collectors.joining(", ")))),
                    suspension.notCovered().stream().map(what -> "Not covered: " + what)));
  }

  private Stream<String> credential(Credential credential) {
    var facts =
        Stream.of(
                credential.version().map(version -> "Version " + version),
                credential.issuedAt().map(at -> "Issued: " + times().words(at)),
                credential.nextRotation().map(at -> "Next rotation: " + times().words(at)),
                credential
                    .previousRetires()
                    .map(at -> "Previous value valid until: " + times().words(at)),
                credential.ends().map(at -> "Expires: " + times().words(at)),
                credential.used().current().map(day -> "Last used: " + day),
                credential
                    .used()
                    .previous()
                    .map(at -> "Previous token last used: " + times().words(at)),
                credential.message())
            .flatMap(Optional::stream)
            .map(fact -> "  " + fact);
    return Stream.concat(
        Stream.of(credential.name() + ": " + credential.kind() + ", " + credential.phase()), facts);
  }

  private record Coming(Instant at, String what) {}

  private Stream<String> next(IdentityStatus status) {
    var coming =
        Stream.of(
                status.credentials().stream().flatMap(Explanation::coming),
                status.end().map(at -> new Coming(at, "The identity expires.")).stream(),
                status.review().stream()
                    .flatMap(review -> review.due().stream())
                    .map(at -> new Coming(at, "A review is due.")))
            .flatMap(all -> all)
            .filter(event -> event.at().isAfter(snapshot.now()))
            .sorted(Comparator.comparing(Coming::at))
            .map(event -> times().words(event.at()) + ": " + event.what())
            .toList();
    var nextReconcile =
        decision.reconcileAt().map(at -> times().words(at) + ": The next scheduled reconcile.");
    return coming.isEmpty() && nextReconcile.isEmpty()
        ? Stream.of("None scheduled. The operator reconciles when an object changes.")
        : Stream.concat(nextReconcile.stream(), coming.stream());
  }

  private static Stream<Coming> coming(Credential credential) {
    return Stream.of(
            credential
                .nextRotation()
                .map(at -> new Coming(at, "Rotation of " + credential.name() + ".")),
            credential
                .previousRetires()
                .map(
                    at ->
                        new Coming(
                            at, "The previous value of " + credential.name() + " is removed.")),
            credential.ends().map(at -> new Coming(at, credential.name() + " expires.")))
        .flatMap(Optional::stream);
  }

  private Stream<String> actions() {
    return decision.actions().isEmpty()
        ? Stream.of("None.")
        : decision.actions().stream().map(action -> Sentences.sentence(action.meaning().words()));
  }

  private Times times() {
    return new Times(snapshot.now());
  }
}
