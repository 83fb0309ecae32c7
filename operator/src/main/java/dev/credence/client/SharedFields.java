// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.credence.api.Api;
import dev.credence.facts.text.Interner;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads `managedFields` so that they cost little: what a manager owns of a thousand objects is
/// nearly the same thousand times, a tree of maps, of which every branch is kept once. Who owns
/// what of a status is never asked for, and not kept.
///
/// To be mixed into `ObjectMeta`.
public abstract class SharedFields {
  @JsonDeserialize(contentConverter = Sharing.class)
  @Nullable List<ManagedFieldsEntry> managedFields;

  static final class Sharing extends StdConverter<ManagedFieldsEntry, ManagedFieldsEntry> {
    private static final Interner<Map<?, ?>> BRANCHES = new Interner<>(4_096);
    private static final int MOST_SHARED = 128;
    private static final int MOST_FIELDS = 1_024;
    private static final int MOST_OF_OURS = 256;
    private static final String OURS = "f:" + Api.GROUP + "/";

    @Override
    public ManagedFieldsEntry convert(ManagedFieldsEntry entry) {
      if (entry.getSubresource() != null) {
        entry.setFieldsV1(null);
      } else if (entry.getFieldsV1() != null) {
        var fields = entry.getFieldsV1();
        var left = new AtomicInteger(MOST_FIELDS);
        var ours = new AtomicInteger(MOST_OF_OURS);
        fields.setAdditionalProperties(bounded(fields.getAdditionalProperties(), left, ours));
        fields.setAdditionalProperties(branches(fields.getAdditionalProperties()));
      }
      entry.setApiVersion(UntrustedText.shared(entry.getApiVersion()));
      entry.setFieldsType(UntrustedText.shared(entry.getFieldsType()));
      entry.setManager(UntrustedText.shared(entry.getManager()));
      entry.setOperation(UntrustedText.shared(entry.getOperation()));
      entry.setAdditionalProperties(Map.of());
      return entry;
    }

    /// Bounds the fields of a manager: of an object with many thousands of labels or keys, the
    /// first are kept, and all that Credence reads.
    @SuppressWarnings("unchecked") // an object of JSON
    private static Map<String, Object> bounded(
        Map<String, Object> tree, AtomicInteger left, AtomicInteger ours) {
      var kept = new LinkedHashMap<String, Object>();
      tree.forEach(
          (key, branch) -> {
            if ((key.startsWith(OURS) ? ours : left).decrementAndGet() >= 0) {
              kept.put(
                  key,
                  branch instanceof Map<?, ?> map
                      ? bounded((Map<String, Object>) map, left, ours)
                      : branch);
            }
          });
      return kept;
    }

    private static Map<String, Object> branches(Map<String, Object> tree) {
      return tree.entrySet().stream()
          .collect(
              Collectors.toUnmodifiableMap(Map.Entry::getKey, branch -> shared(branch.getValue())));
    }

    @SuppressWarnings("unchecked") // an object of JSON
    private static Object shared(Object branch) {
      if (!(branch instanceof Map<?, ?> map)) {
        return branch;
      }
      if (map.isEmpty()) {
        return Map.of();
      }
      var branches = branches((Map<String, Object>) map);
      return map.size() > MOST_SHARED ? branches : BRANCHES.of(branches);
    }
  }
}
