// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.raw.ForeignAnnotations;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import dev.credence.raw.MetadataRecord;
import dev.credence.raw.UntrustedText;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Keeps of an object's metadata what a decision needs. Most metadata of an object that Credence
/// does not manage serves other tools: `managedFields` about other fields and annotations that are
/// never read.
public final class TrimmedStore<T extends HasMetadata> implements ItemStore<T> {
  /// Other owners of a managed label or annotation matter too.
  private static final String OURS = "f:" + Api.GROUP + "/";

  private final Shares shares = new Shares();
  private final Contents contents = new Contents();

  /// An object, or what [PackedSecret] makes of it.
  private final Map<String, Object> items = new ConcurrentHashMap<>();

  @Override
  public String getKey(T object) {
    return Cache.metaNamespaceKeyFunc(object);
  }

  @Override
  public @Nullable T put(String key, T object) {
    trim(object);
    if (object instanceof MachineIdentity identity && identity.getSpec() != null) {
      stub(key, identity);
    }
    if (object instanceof ConfigMap map) {
      contents.keep(key, map);
    }
    pack(object);
    return unpacked(key, items.put(key, packed(key, object)));
  }

  private void stub(String key, MachineIdentity identity) {
    if (!shares.keep(key, identity.getMetadata().getNamespace(), identity)) {
      identity.setSpec(Bounds.stub(identity.getSpec()));
      TooLarge.mark(identity);
    }
  }

  /// Secrets are many, and most belong to no identity.
  private static Object packed(String key, HasMetadata object) {
    return object instanceof Secret secret ? PackedSecret.of(secret, key) : object;
  }

  @SuppressWarnings("unchecked") // what was packed was a T
  private @Nullable T unpacked(String key, @Nullable Object kept) {
    return (T) (kept instanceof PackedSecret secret ? secret.unpacked(key) : kept);
  }

  /// The model gives every object a dozen maps and lists of its own, most of them empty. Objects in
  /// a cache are not changed.
  private static void pack(HasMetadata object) {
    var meta = object.getMetadata();
    meta.setAnnotations(packed(meta.getAnnotations()));
    meta.setLabels(packed(meta.getLabels()));
    meta.setFinalizers(packed(meta.getFinalizers()));
    meta.setOwnerReferences(packed(meta.getOwnerReferences()));
    meta.setManagedFields(packed(meta.getManagedFields()));
    if (!(object instanceof MachineIdentity)) {
      meta.setAdditionalProperties(Map.of());
    }
    meta.setNamespace(UntrustedText.shared(meta.getNamespace()));
    object.setApiVersion(UntrustedText.shared(object.getApiVersion()));
    switch (object) {
      case Secret secret -> {
        secret.setKind(UntrustedText.shared(secret.getKind()));
        secret.setData(packed(secret.getData()));
        secret.setStringData(packed(secret.getStringData()));
        secret.setAdditionalProperties(Map.of());
        secret.setType(UntrustedText.shared(secret.getType()));
      }
      case ServiceAccount account -> {
        account.setKind(UntrustedText.shared(account.getKind()));
        account.setImagePullSecrets(packed(account.getImagePullSecrets()));
        account.setSecrets(packed(account.getSecrets()));
        account.setAdditionalProperties(Map.of());
      }
      default -> {}
    }
  }

  private static <V> Map<String, V> packed(@Nullable Map<String, V> map) {
    if (map == null) {
      return Map.of();
    }
    return map.values().stream().anyMatch(Objects::isNull) ? map : Map.copyOf(map);
  }

  private static <V> List<V> packed(@Nullable List<V> list) {
    return list == null || list.isEmpty() ? List.of() : list;
  }

  public static void trim(HasMetadata object) {
    // Whether a user has written any field of an identity matters, and who else manages it.
    if (object instanceof MachineIdentity) {
      Bounds.meta(object.getMetadata());
    } else if (isPermission(object)) {
      var changed = Bounds.lastChange(object.getMetadata());
      trim(object.getMetadata());
      object.getMetadata().setManagedFields(changed);
    } else {
      trim(object.getMetadata());
    }
    switch (object) {
      case ServiceAccount account -> Bounds.account(account);
      case Job job -> Bounds.job(job);
      case Certificate certificate -> Bounds.certificate(certificate.getSpec());
      case Role role -> role.setRules(Bounds.rules(role.getRules()));
      case ClusterRole role -> role.setRules(Bounds.rules(role.getRules()));
      default -> {}
    }
  }

  private static boolean isPermission(HasMetadata object) {
    return object instanceof Role
        || object instanceof ClusterRole
        || object instanceof RoleBinding
        || object instanceof ClusterRoleBinding;
  }

  public static void trim(ObjectMeta meta) {
    // Of what we made it matters who else writes what.
    var isOurs =
        Metadata.isControlledByIdentity(meta)
            || Metadata.annotations(meta).containsKey(Api.SECRET_VERSION)
            || Metadata.annotations(meta).containsKey(Api.WRITTEN)
            || Metadata.annotations(meta).containsKey(Api.FIELDS);
    if (meta.getManagedFields() != null) {
      meta.setManagedFields(
          meta.getManagedFields().stream()
              .filter(
                  entry ->
                      isOurs && entry.getSubresource() == null
                          || String.valueOf(entry.getFieldsV1()).contains(OURS))
              .toList());
    }
    if (!Metadata.annotations(meta).isEmpty()) {
      // Other managers of an object matter where it is handed over.
      var isGiven = meta.getAnnotations().containsKey(Api.ADOPT);
      meta.getAnnotations()
          .keySet()
          .removeIf(
              key ->
                  !key.startsWith(Api.GROUP + "/")
                      && !ForeignAnnotations.READ.contains(key)
                      && !MetadataRecord.names(meta, key)
                      && !(isGiven && ForeignManagers.reads(key)));
    }
    Bounds.meta(meta);
  }

  @Override
  public @Nullable T remove(String key) {
    shares.forget(key, key.substring(0, Math.max(0, key.indexOf('/'))));
    contents.forget(key);
    return unpacked(key, items.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return items.keySet().stream();
  }

  @Override
  public Stream<T> values() {
    return items.entrySet().stream()
        .flatMap(entry -> Stream.ofNullable(unpacked(entry.getKey(), entry.getValue())));
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public @Nullable T get(String key) {
    return unpacked(key, items.get(key));
  }
}
