// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.world.World.Look;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A world that lives through a script, from one look of the operator to the next.
///
/// The script is YAML: `from`, `until`, the `objects` at the start and `events`, each with its time
/// (`at`), a sentence (`say`) and what happens: `apply` an object (merged into the one that is
/// there), `delete` one, `refuse` or `allow` writes to one, the `operator` going `down` or `up`.
/// Below the line `~~~` is what is told: `*` what happens, `>` what the operator does, `!` what of
/// it fails, `=` what it says then, as far as that is new.
public final class Story {
  private static final String LINE = "~~~\n";
  private static final Set<String> SCRIPT = Set.of("from", "until", "objects", "events");
  private static final Set<String> EVENT =
      Set.of("at", "clock", "say", "apply", "delete", "refuse", "message", "allow", "operator");

  private static final Set<String> ALL_IS_WELL =
      Set.of("No members.", "All members exist and are linked.");

  private final World world;
  private final Instant until;
  private final Deque<JsonNode> events = new ArrayDeque<>();
  private final Map<String, Instant> looks = new TreeMap<>();
  private final Map<String, Set<String>> stated = new HashMap<>();
  private final List<String> lines = new ArrayList<>();
  private final List<Look> seen = new ArrayList<>();
  private boolean isUp = true;
  private int clockLooks;
  private int actions;

  /// The same script with what becomes of it.
  public static String reported(String story) {
    return script(story) + LINE + String.join("\n", of(story).report()) + "\n";
  }

  /// What the operator saw and decided, one after the other.
  public static List<Look> looks(String story) {
    var reported = of(story);
    reported.report();
    return reported.seen;
  }

  private static Story of(String story) {
    return new Story(Yaml.node(Yaml.documents(script(story)).getFirst()));
  }

  private static String script(String story) {
    return story.split(LINE, 2)[0];
  }

  private Story(JsonNode script) {
    assertKnown(script, SCRIPT);
    world = new World(time(script, "from"));
    until = time(script, "until");
    script.path("objects").forEach(object -> world.put(Yaml.object(object)));
    script.path("events").forEach(events::add);
  }

  private static Instant time(JsonNode node, String name) {
    return Instant.parse(node.path(name).asText());
  }

  private List<String> report() {
    lookAround();
    while (true) {
      var event = Optional.ofNullable(events.peek()).map(next -> time(next, "at"));
      var observe = looks.values().stream().filter(_ -> isUp).min(Instant::compareTo);
      var next = Stream.of(event, observe).flatMap(Optional::stream).min(Instant::compareTo);
      if (next.isEmpty() || event.isEmpty() && next.get().isAfter(until)) {
        break;
      }
      world.moveTo(next.get());
      if (event.equals(next)) {
        happens(events.pop());
      } else {
        clockLooks++;
      }
      if (isUp) {
        lookAround();
      }
    }
    lines.add("");
    lines.add(
        "until %s: %d looks by the clock, %d actions".formatted(when(until), clockLooks, actions));
    return lines;
  }

  private void happens(JsonNode event) {
    assertKnown(event, EVENT);
    lines.add(when(world.now()) + " * " + event.path("say").asText());
    if (event.has("clock")) {
      world.clock(time(event, "clock"));
    }
    if (event.has("apply")) {
      apply(event.path("apply"));
    }
    if (event.has("delete")) {
      var object = event.path("delete");
      world.delete(object.path("kind").asText(), "sales", object.path("name").asText());
    }
    if (event.has("refuse")) {
      world.refuse(subject(event.path("refuse")), event.path("message").asText());
    }
    if (event.has("allow")) {
      world.allow(subject(event.path("allow")));
    }
    if (event.has("operator")) {
      isUp = event.path("operator").asText().equals("up");
    }
  }

  private static void assertKnown(JsonNode written, Set<String> words) {
    written
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!words.contains(name)) {
                throw new IllegalArgumentException("no story knows what '" + name + "' means");
              }
            });
  }

  private static ObjectRef subject(JsonNode object) {
    return new ObjectRef(Kind.valueOf(object.path("kind").asText()), object.path("name").asText());
  }

  private void apply(JsonNode patch) {
    var kind = patch.path("kind").asText();
    var name = patch.path("metadata").path("name").asText();
    var found = world.truth(kind, "sales", name).or(() -> world.truth(kind, "", name));
    world.write(
        "kubectl",
        found.map(object -> Yaml.patched(object, patch)).orElseGet(() -> Yaml.read(patch)));
  }

  /// Every write wakes whom it concerns, until nothing is left to do.
  private void lookAround() {
    boolean busy;
    do {
      busy = false;
      for (var identity : world.identities().map(HasMetadata::getMetadata).toList()) {
        var observe = world.observe("sales", identity.getName()).orElseThrow();
        seen.add(observe);
        report(identity.getName(), observe);
        busy |= observe.decision().actions().size() > observe.failedWrites().size();
        looks.remove(identity.getName());
        again(observe).ifPresent(time -> looks.put(identity.getName(), time));
      }
    } while (busy);
  }

  private Optional<Instant> again(Look observe) {
    return Stream.concat(
            observe.decision().reconcileAt().stream(),
            observe.failedWrites().stream().map(FailedWrite::retryAt))
        .filter(world.now()::isBefore)
        .min(Instant::compareTo);
  }

  private void report(String identity, Look observe) {
    var news = new ArrayList<String>();
    observe.decision().actions().forEach(action -> news.add("  > " + action.meaning().words()));
    actions += news.size();
    observe.failedWrites().stream()
        .filter(failedWrite -> !observe.seen().failedWrites().contains(failedWrite))
        .forEach(failedWrite -> news.add("  ! " + failedWrite.message()));
    var says = observe.status().map(Story::says).orElse(List.of());
    var before = stated.put(identity, new HashSet<>(says));
    says.stream()
        .filter(line -> before == null || !before.contains(line))
        .forEach(line -> news.add("  = " + line));
    if (!news.isEmpty()) {
      lines.add(when(world.now()) + " " + identity);
      lines.addAll(news);
    }
  }

  private static List<String> says(IdentityStatus status) {
    var says = new ArrayList<String>();
    var ready = status.always(ConditionType.Ready);
    says.add(
        status.state() + (status.ready() ? ", Ready" : ", not Ready (" + ready.reason() + ")"));
    status.results().stream()
        .filter(Story::isWorthAWord)
        .map(
            result ->
                "%s %s, %s: %s"
                    .formatted(result.type(), result.status(), result.reason(), result.message()))
        .forEach(says::add);
    status.credentials().stream().map(Story::says).forEach(says::add);
    return says;
  }

  /// As `explain` prints it, with times in place of durations, which would change with each line.
  private static String says(Credential credential) {
    return Stream.of(
            Optional.of(credential.name() + ": " + credential.kind() + ", " + credential.phase()),
            credential.version().map(version -> "version " + version),
            credential.issuedAt().map(at -> "issued " + when(at)),
            credential.nextRotation().map(at -> "next value " + when(at)),
            credential.previousRetires().map(at -> "the previous value stays until " + when(at)),
            credential.ends().map(at -> "ends " + when(at)),
            credential.message())
        .flatMap(Optional::stream)
        .collect(Collectors.joining("; "));
  }

  private static boolean isWorthAWord(ConditionResult result) {
    return switch (result.type()) {
      case Ready, Reconciling, Stalled -> false;
      case OwnerAssigned -> true;
      case MembersLinked -> !ALL_IS_WELL.contains(result.message());
      case CredentialsFresh -> result.status() == ConditionStatus.False;
      case Approved, InUse, LeastPrivilege, Reviewed -> result.status() == ConditionStatus.False;
      case Expiring, Suspended, BehaviorChanged -> result.status() == ConditionStatus.True;
    };
  }

  private static String when(Instant time) {
    return time.toString().replace('T', ' ').replace("Z", "");
  }
}
