package dev.credence.observe;

import dev.credence.api.Api;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who wrote a label or an annotation, as the API server keeps it in `managedFields`.
public final class FieldOwners {

  /// `where` is `f:labels` or `f:annotations`.
  public static boolean weOwn(ObjectMeta meta, String where, String key) {
    return Stream.ofNullable(meta.getManagedFields())
        .flatMap(List::stream)
        .filter(entry -> Api.MANAGER.equals(entry.getManager()))
        .anyMatch(entry -> owns(entry, where, key));
  }

  private static boolean owns(ManagedFieldsEntry entry, String where, String key) {
    var fields = entry.getFieldsV1();
    return fields != null
        && inside(inside(fields.getAdditionalProperties(), "f:metadata"), where)
            instanceof Map<?, ?> owned
        && owned.containsKey("f:" + key);
  }

  private static @Nullable Object inside(@Nullable Object fields, String name) {
    return fields instanceof Map<?, ?> map ? map.get(name) : null;
  }

  private FieldOwners() {}
}
