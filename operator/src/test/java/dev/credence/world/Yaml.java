// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import dev.credence.facts.credential.Issuance;
import dev.credence.raw.DurationText;
import dev.credence.world.FieldOwners.Field;
import dev.credence.world.FieldOwners.Owner;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.ClusterIssuer;
import io.fabric8.certmanager.api.model.v1.Issuer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Kubernetes objects as test data: as they are written by hand, short.
///
/// What is left out is filled in: namespace `sales`; and where an object says nothing about
/// `managedFields`, our label and annotations on it are ours, and so is all that a Certificate of
/// an identity asks for.
public final class Yaml {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.ofEntries(
          Map.entry("MachineIdentity", MachineIdentity.class),
          Map.entry("CredentialPolicy", CredentialPolicy.class),
          Map.entry("SuspensionList", SuspensionList.class),
          Map.entry("Secret", Secret.class),
          Map.entry("ServiceAccount", ServiceAccount.class),
          Map.entry("Certificate", Certificate.class),
          Map.entry("Issuer", Issuer.class),
          Map.entry("ClusterIssuer", ClusterIssuer.class),
          Map.entry("Namespace", Namespace.class),
          Map.entry("ConfigMap", ConfigMap.class),
          Map.entry("Role", Role.class),
          Map.entry("ClusterRole", ClusterRole.class),
          Map.entry("RoleBinding", RoleBinding.class),
          Map.entry("ClusterRoleBinding", ClusterRoleBinding.class),
          Map.entry("Job", Job.class),
          Map.entry("CronJob", CronJob.class),
          Map.entry("Deployment", Deployment.class),
          Map.entry("StatefulSet", StatefulSet.class),
          Map.entry("DaemonSet", DaemonSet.class),
          Map.entry("Ingress", Ingress.class),
          Map.entry("Gateway", GenericKubernetesResource.class),
          Map.entry("Rollout", GenericKubernetesResource.class),
          Map.entry("Pod", Pod.class));

  static {
    DurationText.readBy(MAPPER);
    new KubernetesSerialization(MAPPER, false);
  }

  public static List<Object> documents(String text) {
    var documents = new ArrayList<Object>();
    new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(documents::add);
    return documents;
  }

  /// The same object as another type.
  public static <T> T as(Object object, Class<? super T> type) {
    @SuppressWarnings("unchecked")
    var read = (T) MAPPER.convertValue(object, type);
    return read;
  }

  public static JsonNode node(Object document) {
    return MAPPER.valueToTree(document);
  }

  /// An object as a test begins with it.
  public static HasMetadata object(JsonNode written) {
    var object = read(written);
    if (!written.path("metadata").has("managedFields")) {
      var owners = new FieldOwners();
      var us =
          Server.controller(object).isEmpty()
              ? Owner.applying(Api.MANAGER)
              : Owner.updating(Api.MANAGER);
      if (Server.labels(object).containsKey(Api.IDENTITY)) {
        owners.add(us, new Field(true, Api.IDENTITY));
      }
      Stream.of(Api.OWNER, Api.TEAM)
          .filter(Server.annotations(object)::containsKey)
          .forEach(key -> owners.add(us, new Field(false, key)));
      object.getMetadata().setManagedFields(owners.entries());
      if (object instanceof Certificate certificate && us.equals(Owner.updating(Api.MANAGER))) {
        return Stated.byUs(certificate, List.of(Issuance.Field.values()));
      }
    }
    return object;
  }

  /// The same with a JSON merge patch over it.
  public static HasMetadata patched(HasMetadata object, JsonNode patch) {
    return read(merged(MAPPER.valueToTree(object), patch));
  }

  public static HasMetadata read(JsonNode written) {
    var kind = written.path("kind").asText();
    var type = KINDS.get(kind);
    if (type == null) {
      throw new IllegalArgumentException("no place for a '" + kind + "'");
    }
    var object = MAPPER.convertValue(written, type);
    if (object.getMetadata().getNamespace() == null && isNamespaced(kind)) {
      object.getMetadata().setNamespace("sales");
    }
    if (!object.getMetadata().getAdditionalProperties().isEmpty()) {
      throw new IllegalArgumentException(
          "unknown metadata " + object.getMetadata().getAdditionalProperties());
    }
    return object;
  }

  private static boolean isNamespaced(String kind) {
    return !Set.of(
            "CredentialPolicy", "ClusterIssuer", "Namespace", "ClusterRole", "ClusterRoleBinding")
        .contains(kind);
  }

  private static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    var result = target.isObject() ? ((ObjectNode) target).deepCopy() : MAPPER.createObjectNode();
    patch
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isNull()) {
                result.remove(entry.getKey());
              } else {
                result.set(entry.getKey(), merged(result.path(entry.getKey()), entry.getValue()));
              }
            });
    return result;
  }

  private Yaml() {}
}
