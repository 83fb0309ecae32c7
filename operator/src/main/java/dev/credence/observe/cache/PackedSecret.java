// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The metadata of a Secret in less than half of the memory: most Secrets of a cluster belong to no
/// identity, and are kept to be found. Name and namespace are those of its key.
record PackedSecret(
    long uidHigh,
    long uidLow,
    long version,
    long createdSecond,
    @Nullable String apiVersion,
    @Nullable String kind,
    @Nullable String type,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<OwnerReference> owners,
    List<ManagedFieldsEntry> managed) {

  /// The Secret itself where it would not come back word for word.
  static Object of(Secret secret, String key) {
    var meta = secret.getMetadata();
    if (meta.getUid() == null
        || meta.getResourceVersion() == null
        || meta.getCreationTimestamp() == null
        || !key.equals(meta.getNamespace() + "/" + meta.getName())) {
      return secret;
    }
    try {
      var uid = UUID.fromString(meta.getUid());
      var packed =
          new PackedSecret(
              uid.getMostSignificantBits(),
              uid.getLeastSignificantBits(),
              Long.parseLong(meta.getResourceVersion()),
              Instant.parse(meta.getCreationTimestamp()).getEpochSecond(),
              secret.getApiVersion(),
              secret.getKind(),
              secret.getType(),
              meta.getLabels(),
              meta.getAnnotations(),
              meta.getOwnerReferences(),
              meta.getManagedFields());
      return packed.unpacked(key).equals(secret) ? packed : secret;
    } catch (IllegalArgumentException | DateTimeException odd) {
      return secret;
    }
  }

  Secret unpacked(String key) {
    var slash = key.indexOf('/');
    var secret = new Secret();
    secret.setApiVersion(apiVersion);
    secret.setKind(kind);
    secret.setType(type);
    secret.setData(Map.of());
    secret.setStringData(Map.of());
    secret.setAdditionalProperties(Map.of());
    var meta = new ObjectMeta();
    meta.setNamespace(key.substring(0, slash).intern());
    meta.setName(key.substring(slash + 1));
    meta.setUid(new UUID(uidHigh, uidLow).toString());
    meta.setResourceVersion(Long.toString(version));
    meta.setCreationTimestamp(Instant.ofEpochSecond(createdSecond).toString());
    meta.setLabels(labels);
    meta.setAnnotations(annotations);
    meta.setOwnerReferences(owners);
    meta.setManagedFields(managed);
    secret.setMetadata(meta);
    return secret;
  }
}
