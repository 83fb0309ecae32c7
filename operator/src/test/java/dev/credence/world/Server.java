// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import dev.credence.world.FieldOwners.Field;
import dev.credence.world.FieldOwners.Owner;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.certmanager.api.model.v1.ClusterIssuer;
import io.fabric8.certmanager.api.model.v1.ClusterIssuerBuilder;
import io.fabric8.certmanager.api.model.v1.Issuer;
import io.fabric8.certmanager.api.model.v1.IssuerBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// What an API server does with objects: it gives each a uid, counts their versions, keeps who
/// wrote what, and remembers what was there before, so that a cache can lag behind.
final class Server {
  /// No cache lags further behind.
  private static final int REMEMBERED = 24;

  private final List<Map<Id, HasMetadata>> history = new ArrayList<>(List.of(Map.of()));
  private long revision = 100;
  private final Map<Id, Integer> made = new HashMap<>();
  private int writes;

  record Id(String kind, String namespace, String name) implements Comparable<Id> {
    static Id of(HasMetadata object) {
      return new Id(
          object.getKind(),
          Objects.requireNonNullElse(object.getMetadata().getNamespace(), ""),
          object.getMetadata().getName());
    }

    @Override
    public int compareTo(Id other) {
      return toString().compareTo(other.toString());
    }
  }

  Server copy() {
    var copy = new Server();
    copy.history.clear();
    copy.history.addAll(history);
    copy.made.putAll(made);
    copy.revision = revision;
    copy.writes = writes;
    return copy;
  }

  Map<Id, HasMetadata> objects() {
    return history.getLast();
  }

  /// What was there so many writes ago.
  Map<Id, HasMetadata> objects(int writesAgo) {
    return history.get(Math.max(0, history.size() - 1 - writesAgo));
  }

  Optional<HasMetadata> find(Id id) {
    return Optional.ofNullable(objects().get(id));
  }

  /// How many writes changed anything.
  int writes() {
    return writes;
  }

  /// Creates or replaces; the fields that change are then those of `manager`. False where nothing
  /// changed.
  boolean write(String manager, HasMetadata object, Instant now) {
    var before = objects().get(Id.of(object));
    var owners = before == null ? new FieldOwners() : FieldOwners.of(before.getMetadata());
    updated(owners, manager, true, labels(before), labels(object));
    updated(owners, manager, false, annotations(before), annotations(object));
    return store(object, owners, now);
  }

  private static void updated(
      FieldOwners owners,
      String manager,
      boolean label,
      Map<String, String> before,
      Map<String, String> after) {
    var keys = new HashSet<>(before.keySet());
    keys.addAll(after.keySet());
    for (var key : keys) {
      if (!Objects.equals(before.get(key), after.get(key))) {
        owners.removeAll(new Field(label, key));
        if (after.containsKey(key)) {
          owners.add(Owner.updating(manager), new Field(label, key));
        }
      }
    }
  }

  /// Server-side apply of labels and annotations without force. Empty where somebody else owns
  /// another value.
  boolean apply(String manager, HasMetadata object, Map<Field, String> fields, Instant now) {
    var owner = Owner.applying(manager);
    var owners = FieldOwners.of(object.getMetadata());
    var values =
        Map.of(true, new HashMap<>(labels(object)), false, new HashMap<>(annotations(object)));
    for (var wanted : fields.entrySet()) {
      var found = values.get(wanted.getKey().label()).get(wanted.getKey().key());
      if (found != null
          && !found.equals(wanted.getValue())
          && owners.isOwnedByOthers(owner, wanted.getKey())) {
        return false;
      }
    }
    for (var field : List.copyOf(owners.of(owner))) {
      owners.remove(owner, field);
      if (!fields.containsKey(field) && !owners.isOwned(field)) {
        values.get(field.label()).remove(field.key());
      }
    }
    fields.forEach(
        (field, value) -> {
          values.get(field.label()).put(field.key(), value);
          owners.add(owner, field);
        });
    store(
        with(
            object,
            new ObjectMetaBuilder(object.getMetadata())
                .withLabels(values.get(true))
                .withAnnotations(values.get(false))
                .build()),
        owners,
        now);
    return true;
  }

  /// As it is, with the field owners that it names: how a test begins.
  void put(HasMetadata object, Instant now) {
    store(object, FieldOwners.of(object.getMetadata()), now);
  }

  private boolean store(HasMetadata object, FieldOwners owners, Instant now) {
    var id = Id.of(object);
    var before = Optional.ofNullable(objects().get(id));
    var old = before.map(HasMetadata::getMetadata);
    var meta =
        new ObjectMetaBuilder(object.getMetadata())
            .withManagedFields(entries(owners, object))
            .withUid(old.map(ObjectMeta::getUid).orElseGet(() -> uid(object)))
            .withCreationTimestamp(
                old.map(ObjectMeta::getCreationTimestamp).orElseGet(() -> created(object, now)))
            .withGeneration(
                before
                    .map(found -> generation(found, object))
                    .orElse(Objects.requireNonNullElse(object.getMetadata().getGeneration(), 1L)))
            .withResourceVersion(old.map(ObjectMeta::getResourceVersion).orElse(""))
            .build();
    if (before.isPresent() && before.get().equals(with(object, meta))) {
      return false;
    }
    meta.setResourceVersion(String.valueOf(++revision));
    var next = new TreeMap<>(objects());
    next.put(id, with(object, meta));
    remember(next);
    return true;
  }

  /// Of labels and annotations as it was reckoned, of a pod template and of data as it came.
  private static List<ManagedFieldsEntry> entries(FieldOwners owners, HasMetadata object) {
    var entries = new ArrayList<>(owners.entries());
    Objects.requireNonNullElse(
            object.getMetadata().getManagedFields(), List.<ManagedFieldsEntry>of())
        .stream()
        .filter(
            entry ->
                entry.getFieldsV1().getAdditionalProperties().containsKey("f:spec")
                    || entry.getFieldsV1().getAdditionalProperties().containsKey("f:data"))
        .forEach(entries::add);
    return entries;
  }

  /// `crm-1`, and `crm-2` for the next object of that name.
  private String uid(HasMetadata object) {
    var count = made.merge(Id.of(object), 1, Integer::sum);
    var given = object.getMetadata().getUid();
    return given == null ? object.getMetadata().getName() + "-" + count : given;
  }

  private static String created(HasMetadata object, Instant now) {
    return Objects.requireNonNullElse(object.getMetadata().getCreationTimestamp(), now.toString());
  }

  private static long generation(HasMetadata before, HasMetadata after) {
    var generation = before.getMetadata().getGeneration();
    return Objects.equals(spec(before), spec(after)) ? generation : generation + 1;
  }

  private static Object spec(HasMetadata object) {
    return switch (object) {
      case MachineIdentity identity -> identity.getSpec();
      case CredentialPolicy policy -> policy.getSpec();
      default -> Optional.empty();
    };
  }

  /// With what it owns, as the garbage collector does.
  void delete(Id id) {
    var next = new TreeMap<>(objects());
    var deleted = Objects.requireNonNull(next.remove(id), () -> "there is no " + id);
    next.values().removeIf(object -> controller(object).equals(deleted.getMetadata().getUid()));
    remember(next);
  }

  /// Without what it owns: that is nobody's from now on.
  void orphan(Id id, Instant now) {
    var uid = objects().get(id).getMetadata().getUid();
    for (var object : List.copyOf(objects().values())) {
      if (controller(object).equals(uid)) {
        var meta = new ObjectMetaBuilder(object.getMetadata()).withOwnerReferences().build();
        write("kube-controller-manager", with(object, meta), now);
      }
    }
    delete(id);
  }

  private void remember(Map<Id, HasMetadata> next) {
    writes++;
    history.add(next);
    if (history.size() > REMEMBERED) {
      history.removeFirst();
    }
  }

  /// The uid of the controlling owner, or nothing.
  static String controller(HasMetadata object) {
    return Objects.requireNonNullElse(
            object.getMetadata().getOwnerReferences(), List.<OwnerReference>of())
        .stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse("");
  }

  static Map<String, String> labels(HasMetadata object) {
    return object == null || object.getMetadata().getLabels() == null
        ? Map.of()
        : object.getMetadata().getLabels();
  }

  static Map<String, String> annotations(HasMetadata object) {
    return object == null || object.getMetadata().getAnnotations() == null
        ? Map.of()
        : object.getMetadata().getAnnotations();
  }

  static HasMetadata with(HasMetadata object, ObjectMeta meta) {
    return switch (object) {
      case Secret secret -> new SecretBuilder(secret).withMetadata(meta).build();
      case ConfigMap list -> new ConfigMapBuilder(list).withMetadata(meta).build();
      case Role role -> new RoleBuilder(role).withMetadata(meta).build();
      case ClusterRole role -> new ClusterRoleBuilder(role).withMetadata(meta).build();
      case RoleBinding role -> new RoleBindingBuilder(role).withMetadata(meta).build();
      case ClusterRoleBinding role ->
          new ClusterRoleBindingBuilder(role).withMetadata(meta).build();
      case ServiceAccount account -> new ServiceAccountBuilder(account).withMetadata(meta).build();
      case Certificate certificate ->
          new CertificateBuilder(certificate).withMetadata(meta).build();
      case Issuer issuer -> new IssuerBuilder(issuer).withMetadata(meta).build();
      case ClusterIssuer issuer -> new ClusterIssuerBuilder(issuer).withMetadata(meta).build();
      case Namespace namespace -> new NamespaceBuilder(namespace).withMetadata(meta).build();
      case MachineIdentity identity -> {
        var copy = new MachineIdentity();
        copy.setMetadata(meta);
        copy.setSpec(identity.getSpec());
        copy.setStatus(identity.getStatus());
        yield copy;
      }
      case SuspensionList list -> {
        var copy = new SuspensionList();
        copy.setMetadata(meta);
        copy.setSpec(list.getSpec());
        yield copy;
      }
      case CredentialPolicy policy -> {
        var copy = new CredentialPolicy();
        copy.setMetadata(meta);
        copy.setSpec(policy.getSpec());
        copy.setStatus(policy.getStatus());
        yield copy;
      }
      case Job job -> new JobBuilder(job).withMetadata(meta).build();
      case CronJob cronJob -> new CronJobBuilder(cronJob).withMetadata(meta).build();
      case Deployment workload -> new DeploymentBuilder(workload).withMetadata(meta).build();
      case StatefulSet workload -> new StatefulSetBuilder(workload).withMetadata(meta).build();
      case DaemonSet workload -> new DaemonSetBuilder(workload).withMetadata(meta).build();
      case Pod pod -> new PodBuilder(pod).withMetadata(meta).build();
      case Ingress ingress -> new IngressBuilder(ingress).withMetadata(meta).build();
      case GenericKubernetesResource other ->
          new GenericKubernetesResourceBuilder(other).withMetadata(meta).build();
      default -> throw new IllegalArgumentException("no place for a " + object.getKind());
    };
  }
}
