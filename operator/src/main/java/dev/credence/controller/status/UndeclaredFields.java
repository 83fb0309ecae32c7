// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/// The fields of a status that the installed CRDs do not declare, where they are older than this
/// operator. The API server rejects a status that contains one, so they are left out.
public final class UndeclaredFields {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  private static final String STATUS = "status.";

  private volatile Map<String, Set<String>> missing = Map.of();

  /// `missing`: by kind, as `status.credentials.rotation`.
  public void are(Map<String, SortedSet<String>> missing) {
    this.missing = Map.<String, Set<String>>copyOf(missing);
  }

  /// The status without them.
  public <S> S leftOut(String kind, S status, Class<S> type) {
    var fields =
        missing.getOrDefault(kind, Set.of()).stream()
            .filter(field -> field.startsWith(STATUS))
            .toList();
    if (fields.isEmpty()) {
      return status;
    }
    var tree = SERIALIZATION.convertValue(status, ObjectNode.class);
    fields.forEach(field -> remove(tree, field.substring(STATUS.length())));
    return SERIALIZATION.convertValue(tree, type);
  }

  private static void remove(JsonNode node, String path) {
    var dot = path.indexOf('.');
    if (node.isArray()) {
      node.forEach(item -> remove(item, path));
    } else if (node instanceof ObjectNode object) {
      if (dot < 0) {
        object.remove(path);
      } else {
        remove(object.path(path.substring(0, dot)), path.substring(dot + 1));
      }
    }
  }
}
