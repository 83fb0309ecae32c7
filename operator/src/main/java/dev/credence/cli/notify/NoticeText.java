// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.show.StatusRow;
import dev.credence.facts.text.Truncation;
import dev.credence.report.PlainText;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A notice as plain text. Texts of users are cut, and are one line each.
///
/// @param cluster its name, or empty
/// @param most the number of problems that are listed at most
record NoticeText(Notice notice, String cluster, int most) {
  private static final int LONGEST_SUBJECT = 150;
  private static final int LONGEST_NAME = 80;
  private static final int LONGEST_MESSAGE = 500;
  private static final int NAMESPACES = 5;

  /// One line.
  String subject() {
    return Truncation.truncate(
        "[Credence%s] %s%s"
            .formatted(
                cluster.isEmpty() ? "" : " " + name(cluster),
                notice.kind() == Notice.Kind.urgent ? urgent() : digest(),
                notice
                    .group()
                    .recipient()
                    .team()
                    .map(team -> " (team " + name(team) + ")")
                    .orElse("")),
        LONGEST_SUBJECT);
  }

  private String urgent() {
    var first = notice.shown().getFirst();
    var others = notice.shown().size() - 1;
    return "Urgent: %s: %s%s"
        .formatted(
            name(first.object()),
            name(first.reason()),
            others == 0 ? "" : ", and " + others + " more");
  }

  private String digest() {
    var manual = notice.manual();
    return (notice.shown().size() == 1 ? "1 problem" : notice.shown().size() + " problems")
        + (manual == 0
            ? ""
            : manual == 1
                ? ", 1 requires a manual action"
                : ", " + manual + " require a manual action");
  }

  /// The lines below the subject.
  List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        notice.kind() == Notice.Kind.urgent
            ? "These problems have become urgent since the last notice:"
            : "These problems of machine identities are open, the most urgent first:");
    for (var problem : listed()) {
      lines.add("");
      lines.add(head(problem));
      lines.add("  " + Truncation.truncate(PlainText.text(problem.message()), LONGEST_MESSAGE));
      note(problem).ifPresent(lines::add);
    }
    if (omitted() > 0) {
      lines.add("");
      lines.add(omitted() + " more are not listed here.");
    }
    lines.add("");
    lines.add("To list them all:");
    notice.namespaces().stream()
        .limit(NAMESPACES)
        .forEach(namespace -> lines.add("  kubectl credence status -n " + namespace));
    if (notice.namespaces().isEmpty() || notice.namespaces().size() > NAMESPACES) {
      lines.add("  kubectl credence status -A");
    }
    return lines;
  }

  List<StatusRow> listed() {
    return notice.shown().stream().limit(most).toList();
  }

  int omitted() {
    return notice.shown().size() - listed().size();
  }

  private static String head(StatusRow problem) {
    return name(problem.object())
        + ": "
        + name(problem.reason())
        + (problem.urgency().isManual() ? ", requires a manual action" : "")
        + problem.since().map(at -> ", since " + at.truncatedTo(ChronoUnit.SECONDS)).orElse("");
  }

  /// Where the notice went to the fallback.
  private Optional<String> note(StatusRow problem) {
    var address = notice.group().recipient().address();
    if (problem.namespace().isEmpty()
        || problem.contact().filter(address.orElse("")::equalsIgnoreCase).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        problem
            .contact()
            .map(contact -> "  The owner is " + name(contact) + ".")
            .orElse("  It has no owner."));
  }

  private static String name(String text) {
    return Truncation.truncate(PlainText.text(text), LONGEST_NAME);
  }

  String text() {
    return String.join("\n", lines()) + "\n";
  }
}
