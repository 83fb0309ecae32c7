// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.Times;
import dev.credence.cli.show.Happening.Source;
import dev.credence.cli.show.Subject.Kind;
import dev.credence.raw.UntrustedText;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What Credence did to an object lately, the newest first, as text and as JSON.
final class ObjectHistory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ISSUED = Pattern.compile("(\\w+ \\S+): (version \\d+) issued");
  private static final Duration A_MOMENT = Duration.ofSeconds(5);

  private final Recorded recorded;
  private final Instant now;
  private final Duration length;
  private final List<Happening> all;

  ObjectHistory(Recorded recorded, Instant now, Duration length) {
    this.recorded = recorded;
    this.now = now;
    this.length = length;
    var events = events();
    var records = Records.of(recorded).toList();
    this.all =
        Stream.concat(
                events.stream(),
                records.stream().filter(record -> !isKnown(record, events, records)))
            .filter(happening -> !happening.time().isAfter(now))
            .sorted(Happening.ORDER)
            .toList();
  }

  /// Those in the length of time that was asked for.
  List<Happening> happenings() {
    var since = now.minus(length);
    return all.stream().filter(happening -> !happening.time().isBefore(since)).toList();
  }

  private List<Happening> events() {
    return recorded.events().stream()
        .filter(this::isAboutIt)
        .flatMap(
            event ->
                time(event).stream()
                    .map(
                        at ->
                            new Happening(
                                at,
                                Source.Event,
                                PlainText.text(String.valueOf(event.getReason())),
                                PlainText.text(note(event)),
                                "Warning".equals(event.getType()))))
        .toList();
  }

  /// Its own Events for an identity; for other objects those of identities that name it, or name
  /// a member that it uses.
  private boolean isAboutIt(Event event) {
    var subject = recorded.subject();
    if (subject.kind() == Kind.MachineIdentity) {
      return event.getRegarding() != null
          && subject.name().name().equals(event.getRegarding().getName());
    }
    var note = note(event);
    return Stream.concat(
                Stream.of(subject.reference()),
                recorded.members().stream().map(Recorded.Member::reference))
            .anyMatch(reference -> names(note, reference))
        || namesPodOf(subject, note);
  }

  /// Whether the text names `Secret crm-db` and not `Secret crm-db-pending`. Messages of hooks
  /// begin with the name of the Secret alone.
  static boolean names(String note, String reference) {
    var name = reference.substring(reference.indexOf(' ') + 1);
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(reference) + "(?![\\w-]|\\.\\w)")
            .matcher(note)
            .find()
        || (reference.startsWith(Kind.Secret + " ") && note.startsWith(name + ": "));
  }

  /// Pods of a workload are named after it.
  private static boolean namesPodOf(Subject subject, String note) {
    var suffix =
        switch (subject.kind()) {
          case Deployment, Rollout -> "-[a-z0-9]{5,10}-[a-z0-9]{5}";
          case StatefulSet -> "-[0-9]+";
          case DaemonSet -> "-[a-z0-9]{5}";
          case MachineIdentity, Secret, ServiceAccount, Certificate, Pod -> "";
        };
    return !suffix.isEmpty()
        && Pattern.compile("\\bPod " + Pattern.quote(subject.name().name()) + suffix + "(?![\\w-])")
            .matcher(note)
            .find();
  }

  /// An Event has more to say than the record of the same version, and every record more than the
  /// time of a write.
  private static boolean isKnown(
      Happening record, List<Happening> events, List<Happening> records) {
    var issued = ISSUED.matcher(record.message());
    if (issued.matches()) {
      var version = Pattern.compile("\\b" + issued.group(2) + "\\b");
      return events.stream()
          .anyMatch(
              event ->
                  names(event.message(), issued.group(1))
                      && version.matcher(event.message()).find());
    }
    return Records.WRITES.contains(record.reason())
        && Stream.concat(events.stream(), records.stream())
            .filter(
                other -> !Records.WRITES.contains(other.reason()) || other.source() == Source.Event)
            .anyMatch(
                other ->
                    Duration.between(other.time(), record.time()).abs().compareTo(A_MOMENT) <= 0
                        && names(
                            other.message(),
                            record.message().substring(0, record.message().indexOf(':'))));
  }

  /// The oldest Event of Credence in the namespace.
  private Optional<Instant> reach() {
    return recorded.events().stream()
        .flatMap(event -> time(event).stream())
        .min(Comparator.naturalOrder());
  }

  private static Optional<Instant> time(Event event) {
    return Optional.ofNullable(event.getEventTime())
        .map(MicroTime::getTime)
        .flatMap(UntrustedText::time);
  }

  private static String note(Event event) {
    return Optional.ofNullable(event.getNote()).orElse("");
  }

  /// Line by line.
  List<String> lines() {
    var times = new Times(now);
    var shown = happenings();
    var lines = new ArrayList<String>();
    lines.add(
        "%s%s: what Credence did since %s"
            .formatted(recorded.subject(), identities(), times.words(now.minus(length))));
    lines.add("");
    if (shown.isEmpty()) {
      lines.add("  Nothing is recorded.");
    }
    shown.forEach(
        one ->
            lines.add(
                "  %s  %s%s: %s"
                    .formatted(
                        times.words(one.time()),
                        one.warning() ? "Warning " : "",
                        one.reason(),
                        one.message())));
    if (shown.size() < all.size()) {
      lines.add("");
      lines.add(
          "Older records that are not shown: %d. The newest is of %s. Set --since to show them."
              .formatted(all.size() - shown.size(), times.words(all.get(shown.size()).time())));
    }
    lines.add("");
    lines.add(reachInWords(times));
    recorded.gaps().forEach(gap -> lines.add("Incomplete: " + gap));
    return lines;
  }

  private String identities() {
    if (recorded.subject().kind() == Kind.MachineIdentity) {
      return "";
    }
    var names =
        recorded.identities().stream()
            .map(identity -> "MachineIdentity " + identity.getMetadata().getName())
            .toList();
    return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
  }

  private String reachInWords(Times times) {
    var after =
        "The API server deletes Events after one hour, unless its flag --event-ttl sets another time."
            + " Older actions are shown only where a status, an annotation or managedFields record"
            + " them.";
    return reach()
            .map(
                oldest ->
                    "The oldest Event of Credence in namespace %s is of %s. "
                        .formatted(recorded.subject().name().namespace(), times.words(oldest)))
            .orElse(
                "There are no Events of Credence in namespace %s. "
                    .formatted(recorded.subject().name().namespace()))
        + after;
  }

  String json() {
    var root = JSON.createObjectNode();
    root.putObject("object")
        .put("kind", recorded.subject().kind().name())
        .put("namespace", recorded.subject().name().namespace())
        .put("name", recorded.subject().name().name());
    var identities = root.putArray("identities");
    recorded.identities().stream()
        .map(MachineIdentity::getMetadata)
        .forEach(meta -> identities.add(meta.getName()));
    root.put("generatedAt", seconds(now));
    root.put("since", seconds(now.minus(length)));
    reach().ifPresent(oldest -> root.put("oldestEvent", seconds(oldest)));
    var history = root.putArray("history");
    happenings()
        .forEach(
            one ->
                history
                    .addObject()
                    .put("time", seconds(one.time()))
                    .put("source", one.source().name())
                    .put("reason", one.reason())
                    .put("warning", one.warning())
                    .put("message", one.message()));
    recorded.gaps().forEach(root.putArray("gaps")::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
