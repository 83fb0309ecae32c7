// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who owns which label and annotation, as the API server keeps it in `managedFields`.
final class FieldOwners {
  private final Map<Owner, Set<Field>> fields = new TreeMap<>();

  /// A label or an annotation.
  record Field(boolean label, String key) implements Comparable<Field> {
    @Override
    public int compareTo(Field other) {
      return label == other.label ? key.compareTo(other.key) : Boolean.compare(label, other.label);
    }
  }

  /// One who applies and one who updates are two to the API server, though the name is the same.
  record Owner(String manager, String operation) implements Comparable<Owner> {
    static Owner applying(String manager) {
      return new Owner(manager, "Apply");
    }

    static Owner updating(String manager) {
      return new Owner(manager, "Update");
    }

    @Override
    public int compareTo(Owner other) {
      return toString().compareTo(other.toString());
    }
  }

  static FieldOwners of(ObjectMeta meta) {
    var owners = new FieldOwners();
    var entries =
        Objects.requireNonNullElse(meta.getManagedFields(), List.<ManagedFieldsEntry>of());
    for (var entry : entries) {
      var owner =
          new Owner(entry.getManager(), Objects.requireNonNullElse(entry.getOperation(), "Apply"));
      var metadata = entry.getFieldsV1().getAdditionalProperties().get("f:metadata");
      owners.read(owner, metadata, "f:labels", true);
      owners.read(owner, metadata, "f:annotations", false);
    }
    return owners;
  }

  private void read(Owner owner, Object metadata, String where, boolean label) {
    if (metadata instanceof Map<?, ?> map && map.get(where) instanceof Map<?, ?> found) {
      found
          .keySet()
          .forEach(key -> add(owner, new Field(label, key.toString().substring("f:".length()))));
    }
  }

  void add(Owner owner, Field field) {
    fields.computeIfAbsent(owner, _ -> new TreeSet<>()).add(field);
  }

  void remove(Owner owner, Field field) {
    of(owner).remove(field);
  }

  void removeAll(Field field) {
    fields.values().forEach(owned -> owned.remove(field));
  }

  Set<Field> of(Owner owner) {
    return fields.getOrDefault(owner, new TreeSet<>());
  }

  boolean isOwned(Field field) {
    return fields.values().stream().anyMatch(owned -> owned.contains(field));
  }

  boolean isForeign(String manager, Field field) {
    return fields.entrySet().stream()
        .anyMatch(
            entry -> !entry.getKey().manager().equals(manager) && entry.getValue().contains(field));
  }

  boolean isOwnedByOthers(Owner owner, Field field) {
    return fields.entrySet().stream()
        .anyMatch(entry -> !entry.getKey().equals(owner) && entry.getValue().contains(field));
  }

  /// The metadata with all who update as one.
  ObjectMeta merged(ObjectMeta meta) {
    var merged = new FieldOwners();
    fields.forEach(
        (owner, owned) ->
            owned.forEach(
                field ->
                    merged.add(
                        owner.operation().equals("Update")
                            ? Owner.updating("ancient-changes")
                            : owner,
                        field)));
    return new ObjectMetaBuilder(meta).withManagedFields(merged.entries()).build();
  }

  List<ManagedFieldsEntry> entries() {
    var entries = new ArrayList<ManagedFieldsEntry>();
    fields.forEach(
        (owner, owned) -> {
          if (!owned.isEmpty()) {
            entries.add(entry(owner, owned));
          }
        });
    return entries;
  }

  private static ManagedFieldsEntry entry(Owner owner, Set<Field> owned) {
    var labels = new TreeMap<String, Object>();
    var annotations = new TreeMap<String, Object>();
    owned.forEach(
        field -> (field.label() ? labels : annotations).put("f:" + field.key(), Map.of()));
    var metadata = new HashMap<String, Object>();
    metadata.put("f:labels", labels);
    metadata.put("f:annotations", annotations);
    var tree = new FieldsV1();
    tree.setAdditionalProperty("f:metadata", metadata);
    return new ManagedFieldsEntryBuilder()
        .withManager(owner.manager())
        .withOperation(owner.operation())
        .withFieldsV1(tree)
        .build();
  }
}
