// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.credence.observe.Written;
import dev.credence.testing.FakeApi;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReferencesTest {
  /// Types that are the name of a Secret wherever a pod has them.
  private static final Set<String> REFERENCES =
      Set.of("SecretKeySelector", "SecretEnvSource", "SecretProjection", "LocalObjectReference");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: payments-db, key: a}}}]}]",
        "containers: [{envFrom: [{prefix: A, secretRef: {name: payments-db}}]}]",
        "initContainers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: payments-db}}}]}]",
        "initContainers: [{envFrom: [{secretRef: {name: payments-db, optional: true}}]}]",
        "ephemeralContainers: [{env: [{valueFrom: {secretKeyRef: {name: payments-db}}}]}]",
        "ephemeralContainers: [{envFrom: [{secretRef: {name: payments-db}}]}]",
        "volumes: [{name: a, secret: {secretName: payments-db, items: [{key: a, path: a}]}}]",
        "volumes: [{projected: {sources: [{configMap: {name: a}}, {secret: {name: payments-db}}]}}]",
        "imagePullSecrets: [{name: payments-db}]",
        "volumes: [{csi: {driver: a, nodePublishSecretRef: {name: payments-db}}}]",
        "volumes: [{azureFile: {secretName: payments-db, shareName: a}}]",
        "volumes: [{cephfs: {secretRef: {name: payments-db}, secretFile: /etc/ceph/user.secret}}]",
        "volumes: [{cinder: {secretRef: {name: payments-db}, volumeID: a}}]",
        "volumes: [{flexVolume: {driver: a, secretRef: {name: payments-db}}}]",
        "volumes: [{iscsi: {secretRef: {name: payments-db}, iqn: a}}]",
        "volumes: [{rbd: {secretRef: {name: payments-db}, image: a}}]",
        "volumes: [{scaleIO: {secretRef: {name: payments-db}, gateway: a}}]",
        "volumes: [{storageos: {secretRef: {name: payments-db}, volumeName: a}}]"
      })
  void a_secret_is_used_by(String spec) {
    assertThat(used(spec)).containsExactly("payments-db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "containers: [{env: [{name: A, value: payments-db}]}]",
        "containers: [{env: [{valueFrom: {configMapKeyRef: {name: payments-db, key: a}}}]}]",
        "containers: [{envFrom: [{configMapRef: {name: payments-db}}]}]",
        "volumes: [{name: payments-db, configMap: {name: payments-db}}]",
        "volumes: [{persistentVolumeClaim: {claimName: payments-db}}]",
        "volumes: [{projected: {sources: [{serviceAccountToken: {path: payments-db}}]}}]",
        "serviceAccountName: payments-db",
        "volumes: [{secret: {secretName: ''}}]",
        "volumes: [null, {secret: null}, {secret: {}}, {projected: {sources: [null, {}]}}]",
        "containers: [null, {env: [null, {}, {valueFrom: {}}], envFrom: [null, {}]}]",
        "imagePullSecrets: [null, {}]"
      })
  void no_secret_is_used_by(String spec) {
    assertThat(used(spec)).isEmpty();
  }

  /// What a container reads only at its start: everything but the files that the kubelet keeps
  /// current.
  @Test
  void a_secret_is_read_at_the_start_or_in_files() {
    var spec =
        """
        initContainers:
        - envFrom: [{secretRef: {name: of-init}}]
        containers:
        - env: [{name: A, valueFrom: {secretKeyRef: {name: of-env, key: a}}}]
          volumeMounts:
          - {name: fixed, mountPath: /a, subPath: a}
          - {name: files, mountPath: /b}
        volumes:
        - {name: fixed, secret: {secretName: of-sub-path}}
        - {name: files, secret: {secretName: of-files}}
        imagePullSecrets: [{name: of-pull}]
        """;
    assertThat(SecretReferences.atStart(Written.as(PodSpec.class, spec)))
        .containsExactlyInAnyOrder("of-init", "of-env", "of-sub-path");
    assertThat(SecretReferences.atStart(null)).isEmpty();
  }

  @Test
  void every_use_counts_once() {
    assertThat(
            used(
                """
                containers:
                - envFrom: [{secretRef: {name: payments-db}}, {secretRef: {name: payments-api}}]
                - env: [{name: A, valueFrom: {secretKeyRef: {name: payments-db, key: a}}}]
                volumes: [{name: tls, secret: {secretName: payments-tls}}]
                """))
        .containsExactlyInAnyOrder("payments-db", "payments-api", "payments-tls");
  }

  /// A newer version of the API may have one more.
  @Test
  void every_field_of_a_pod_that_names_a_secret_is_read() {
    var named = new ArrayList<String>();
    var spec = filled(PodSpec.class, List.of(), named);
    assertThat(named).hasSizeGreaterThan(15).contains("volumes.secret.secretName");
    assertThat(used(FakeApi.json(spec))).containsExactlyInAnyOrderElementsOf(named);
  }

  /// An object in which every name of a Secret is the path to it.
  private static Map<String, Object> filled(
      Class<?> type, List<Class<?>> above, List<String> named, String... path) {
    var object = new HashMap<String, Object>();
    for (var field : type.getDeclaredFields()) {
      var property = field.getAnnotation(JsonProperty.class);
      if (property == null) {
        continue;
      }
      var inside = new ArrayList<>(List.of(path));
      inside.add(property.value());
      var of = typeOf(field);
      if (of == String.class && isName(type, property.value())) {
        named.add(String.join(".", inside));
        object.put(property.value(), String.join(".", inside));
      } else if (of.getName().startsWith("io.fabric8") && !of.isEnum() && !above.contains(of)) {
        var deeper = new ArrayList<Class<?>>(above);
        deeper.add(of);
        var value = filled(of, deeper, named, inside.toArray(String[]::new));
        if (!value.isEmpty()) {
          object.put(property.value(), field.getType() == List.class ? List.of(value) : value);
        }
      }
    }
    return object;
  }

  private static boolean isName(Class<?> type, String property) {
    return property.equals("secretName")
        || (property.equals("name") && REFERENCES.contains(type.getSimpleName()));
  }

  private static Class<?> typeOf(Field field) {
    return field.getGenericType() instanceof ParameterizedType list
            && list.getActualTypeArguments()[0] instanceof Class<?> item
        ? item
        : field.getType();
  }

  private static Set<String> used(String spec) {
    return SecretReferences.of(Written.as(PodSpec.class, spec));
  }
}
