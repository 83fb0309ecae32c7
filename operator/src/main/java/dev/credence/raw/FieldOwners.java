// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads who wrote a label, an annotation or another field from `managedFields`.
public final class FieldOwners {

  /// Whether Credence alone owns it: a field with another owner is not changed. `where` is
  /// `f:labels` or `f:annotations`.
  public static boolean weOwn(ObjectMeta meta, String where, String key) {
    var owners = entries(meta).filter(entry -> owns(entry, where, key)).toList();
    return !owners.isEmpty() && owners.stream().allMatch(FieldOwners::isOurs);
  }

  /// The same where the API server may have merged the owners, which it does after ten managers who
  /// update: then a record of our own tells (`recorded`: it says that we wrote what is there).
  public static boolean weOwn(ObjectMeta meta, String where, String key, boolean recorded) {
    var owners = entries(meta).filter(entry -> owns(entry, where, key)).toList();
    var isKnown = !owners.isEmpty() && owners.stream().noneMatch(FieldOwners::isMerged);
    return (isKnown || recorded)
        && owners.stream().allMatch(entry -> isOurs(entry) || isMerged(entry));
  }

  /// Whether Credence alone owns this field, or something in it.
  public static boolean onlyWeOwn(ObjectMeta meta, List<String> path) {
    var owners = entries(meta).filter(entry -> owns(entry, path)).toList();
    return !owners.isEmpty() && owners.stream().allMatch(FieldOwners::isOurs);
  }

  /// Whether a manager with another name than ours states this field, or something in it.
  public static boolean othersOwn(ObjectMeta meta, List<String> path) {
    return entries(meta)
        .filter(entry -> owns(entry, path))
        .anyMatch(entry -> !isOurs(entry) && !isMerged(entry));
  }

  /// Whether any manager owns this field: then it is there.
  public static boolean isOwned(ObjectMeta meta, List<String> path) {
    return entries(meta).anyMatch(entry -> owns(entry, path));
  }

  /// Whether no other manager has ever owned a field of the object.
  public static boolean onlyWe(ObjectMeta meta) {
    return entries(meta).findAny().isPresent() && entries(meta).allMatch(FieldOwners::isOurs);
  }

  /// Whether anything of the object was written by us.
  public static boolean weWrote(ObjectMeta meta) {
    return entries(meta).anyMatch(FieldOwners::isOurs);
  }

  /// Whether Credence wrote it by creating the object. The API server counts the creator as another
  /// manager than the one that applies, so an apply could not change it.
  public static boolean weCreated(ObjectMeta meta, String where, String key) {
    return entries(meta)
        .filter(entry -> isOurs(entry) && "Update".equals(entry.getOperation()))
        .anyMatch(entry -> owns(entry, where, key));
  }

  /// The keys of a Secret that we wrote.
  public static Set<String> ourData(ObjectMeta meta) {
    return entries(meta)
        .filter(FieldOwners::isOurs)
        .map(ManagedFieldsEntry::getFieldsV1)
        .filter(Objects::nonNull)
        .flatMap(fields -> keys(inside(fields.getAdditionalProperties(), "f:data")))
        .collect(Collectors.toSet());
  }

  /// When we last wrote the field at the end of this path, as far as the API server says so.
  public static Optional<Instant> lastWrittenByUs(ObjectMeta meta, List<String> path) {
    return entries(meta)
        .filter(entry -> isOurs(entry) && owns(entry, path))
        .flatMap(entry -> UntrustedText.time(entry.getTime()).stream())
        .max(Instant::compareTo);
  }

  /// When another manager last wrote the field at the end of this path.
  public static Optional<Instant> lastWrittenByOthers(ObjectMeta meta, List<String> path) {
    return entries(meta)
        .filter(entry -> !isOurs(entry) && owns(entry, path))
        .flatMap(entry -> UntrustedText.time(entry.getTime()).stream())
        .max(Instant::compareTo);
  }

  private static Stream<String> keys(@Nullable Object fields) {
    return fields instanceof Map<?, ?> map
        ? map.keySet().stream()
            .map(String::valueOf)
            .filter(key -> key.startsWith("f:"))
            .map(key -> key.substring("f:".length()))
        : Stream.of();
  }

  private static Stream<ManagedFieldsEntry> entries(ObjectMeta meta) {
    return NullSafe.in(meta.getManagedFields());
  }

  /// Whether it stands for managers whose names are not kept any more.
  static boolean isMerged(ManagedFieldsEntry entry) {
    return "ancient-changes".equals(entry.getManager());
  }

  /// Whether there were too many managers to keep them all.
  public static boolean areMerged(ObjectMeta meta) {
    return entries(meta).anyMatch(FieldOwners::isMerged);
  }

  public static boolean isOurs(ManagedFieldsEntry entry) {
    return Api.MANAGER.equals(entry.getManager());
  }

  private static boolean owns(ManagedFieldsEntry entry, String where, String key) {
    return owns(entry, List.of("f:metadata", where, "f:" + key));
  }

  static boolean owns(ManagedFieldsEntry entry, List<String> path) {
    @Nullable Object found =
        entry.getFieldsV1() == null ? null : entry.getFieldsV1().getAdditionalProperties();
    for (var step : path) {
      if (!(found instanceof Map<?, ?> fields) || !fields.containsKey(step)) {
        return false;
      }
      found = fields.get(step);
    }
    return true;
  }

  private static @Nullable Object inside(@Nullable Object fields, String name) {
    return fields instanceof Map<?, ?> map ? map.get(name) : null;
  }

  private FieldOwners() {}
}
