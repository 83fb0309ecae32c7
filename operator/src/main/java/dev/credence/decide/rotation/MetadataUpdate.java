// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.StoredMetadata.Field;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.text.Digests;
import dev.credence.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Compares the labels and annotations of a generated Secret with its spec. `action`: what brings
/// them there; `next`: when a value that another writer changed is set again; `note`: values that
/// an admission webhook changes in each request, which are left so.
public record MetadataUpdate(
    Optional<Action> action, Optional<Instant> next, Optional<String> note) {
  private static final MetadataUpdate NOTHING =
      new MetadataUpdate(Optional.empty(), Optional.empty(), Optional.empty());

  /// Two writers of one label take turns no faster than this.
  private static final Duration PAUSE = Duration.ofSeconds(10);

  public static MetadataUpdate of(Instant now, SecretWanted wanted, StoredSecret secret) {
    if (wanted.metadata().problem().isPresent() || secret.object().leaving()) {
      return NOTHING;
    }
    var metadata = wanted.metadata();
    var stored = secret.metadata();
    var differences =
        Stream.concat(
                differences(metadata.labels(), stored.labels(), "label", now),
                differences(metadata.annotations(), stored.annotations(), "annotation", now))
            .toList();
    var update = update(secret, metadata);
    var due =
        !update.removedLabels().isEmpty()
            || !update.removedAnnotations().isEmpty()
            || differences.stream().anyMatch(Due.class::isInstance);
    return new MetadataUpdate(
        due ? Optional.of(update) : Optional.empty(),
        differences.stream()
            .flatMap(one -> one instanceof Later(var time) ? Stream.of(time) : Stream.of())
            .min(Instant::compareTo),
        note(differences));
  }

  /// Removes all of them from a Secret that the operator releases to its owner.
  static Optional<Action> removal(StoredSecret secret) {
    return secret.metadata().isEmpty()
        ? Optional.empty()
        : Optional.of(update(secret, SecretMetadata.NONE));
  }

  private sealed interface Difference {}

  private record Due() implements Difference {}

  private record Later(Instant time) implements Difference {}

  private record ChangedOnWrite(String field) implements Difference {}

  private static Action.UpdateMetadata update(StoredSecret secret, SecretMetadata metadata) {
    return new Action.UpdateMetadata(
        secret.subject(),
        secret.object().preconditions(),
        metadata,
        without(secret.metadata().labels(), metadata.labels()),
        without(secret.metadata().annotations(), metadata.annotations()));
  }

  private static Set<String> without(Map<String, Field> stored, Map<String, String> wanted) {
    var removed = new HashSet<>(stored.keySet());
    removed.removeAll(wanted.keySet());
    return removed;
  }

  private static Stream<Difference> differences(
      Map<String, String> wanted, Map<String, Field> stored, String what, Instant now) {
    var found = new ArrayList<Difference>();
    wanted.forEach(
        (key, value) ->
            difference(value, Optional.ofNullable(stored.get(key)), what + " " + key, now)
                .ifPresent(found::add));
    return found.stream();
  }

  private static Optional<Difference> difference(
      String wanted, Optional<Field> stored, String what, Instant now) {
    if (stored.isEmpty() || !stored.get().written().equals(Digests.of(wanted))) {
      return Optional.of(new Due());
    }
    var field = stored.get();
    if (field.value().filter(wanted::equals).isPresent()) {
      return Optional.empty();
    }
    if (field.isChangedOnWrite(wanted)) {
      return Optional.of(new ChangedOnWrite(what));
    }
    return Optional.of(
        field
            .othersAt()
            .filter(time -> !time.isAfter(now))
            .map(time -> time.plus(PAUSE))
            .filter(time -> time.isAfter(now))
            .<Difference>map(Later::new)
            .orElseGet(Due::new));
  }

  private static Optional<String> note(List<Difference> differences) {
    return differences.stream()
        .flatMap(one -> one instanceof ChangedOnWrite(var field) ? Stream.of(field) : Stream.of())
        .findFirst()
        .map(
            field ->
                "An admission webhook changes "
                    + field
                    + " of `metadata` in each write of the operator, which does not restore it.");
  }
}
