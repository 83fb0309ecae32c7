// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.settings.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The suspended CronJobs of a recipe. Two of them, so that the pods that only log in do not have
/// the administrative account.
final class HookCronJobs {
  private static final String SPEC =
      """
      suspend: true
      schedule: "0 0 31 2 *"
      jobTemplate:
        spec:
          backoffLimit: 0
          template: {}
      """;

  private static final String POD =
      """
      restartPolicy: Never
      serviceAccountName: ""
      automountServiceAccountToken: false
      enableServiceLinks: false
      """;

  private static final String SECURITY =
      """
      runAsNonRoot: true
      seccompProfile:
        type: RuntimeDefault
      """;

  private static final String CONTAINER_SECURITY =
      """
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop:
        - ALL
      """;

  private static final List<String> OF_PODS =
      List.of("priorityClassName", "schedulerName", "nodeSelector", "tolerations", "affinity");

  private final HookSystem system;
  private final RecipeValues values;
  private final String name;

  private record Volume(String name, String path, ObjectNode source) {}

  HookCronJobs(HookSystem system, RecipeValues values) {
    this.system = system;
    this.values = values;
    name = values.text("secret.name");
  }

  /// The last part of the name of the CronJob that runs a step.
  static String of(String step) {
    return List.of("issue", "verify").contains(step) ? step : "hook";
  }

  static ObjectNode labels(String name) {
    return RecipeValues.YAML
        .createObjectNode()
        .put("app.kubernetes.io/name", "credence-hooks")
        .put("app.kubernetes.io/instance", name);
  }

  /// By the last part of their names.
  Map<String, ObjectNode> all() {
    var all = new LinkedHashMap<String, ObjectNode>();
    all.put("hook", spec("hook", changing()));
    all.put("verify", spec("verify", proving()));
    if (system.can("issue")) {
      all.put("issue", spec("issue", changing()));
    }
    return all;
  }

  private List<Volume> changing() {
    return List.of(
        new Volume("current", "/credential/" + name, secret(name, true)),
        new Volume("pending", "/credential/%s-pending".formatted(name), pending()),
        new Volume("admin", "/admin", secret(values.text("admin.existingSecret"), false)));
  }

  /// For a probe, the operator replaces the pending Secret by the current one.
  private List<Volume> proving() {
    var volumes = new ArrayList<>(List.of(new Volume("pending", "/credential", pending())));
    if (system.admin().contains("known_hosts")) {
      var source = secret(values.text("admin.existingSecret"), false);
      source
          .withObjectProperty("secret")
          .putArray("items")
          .addObject()
          .put("key", "known_hosts")
          .put("path", "known_hosts");
      volumes.add(new Volume("hosts", "/admin", source));
    }
    return volumes;
  }

  private ObjectNode pending() {
    return secret(name + "-pending", true);
  }

  private static ObjectNode secret(String name, boolean isOptional) {
    var source = RecipeValues.YAML.createObjectNode();
    var secret = source.putObject("secret").put("secretName", name);
    if (isOptional) {
      secret.put("optional", true);
    }
    return source;
  }

  private ObjectNode spec(String purpose, List<Volume> volumes) {
    var all = new ArrayList<>(volumes);
    if (system.tls() && values.has("tls.caConfigMap")) {
      var source = RecipeValues.YAML.createObjectNode();
      source.putObject("configMap").put("name", values.text("tls.caConfigMap"));
      all.add(new Volume("ca", "/ca", source));
    }
    var spec = (ObjectNode) RecipeValues.parse(SPEC);
    var template = spec.withObject("/jobTemplate/spec/template");
    var labels = labels(name);
    values
        .node("pods.labels")
        .properties()
        .forEach(label -> labels.set(label.getKey(), label.getValue()));
    template.putObject("metadata").set("labels", labels);
    if (values.has("pods.annotations")) {
      template.withObjectProperty("metadata").set("annotations", values.node("pods.annotations"));
    }
    template.set("spec", pod(purpose, all));
    return spec;
  }

  private ObjectNode pod(String purpose, List<Volume> volumes) {
    var isIssue = purpose.equals("issue");
    var pod = (ObjectNode) RecipeValues.parse(POD);
    pod.put("serviceAccountName", name + (isIssue ? "-issue" : "-hook"));
    pod.put("automountServiceAccountToken", isIssue);
    if (values.has("imagePullSecrets")) {
      pod.set("imagePullSecrets", values.node("imagePullSecrets"));
    }
    for (var field : OF_PODS) {
      if (values.has("pods." + field)) {
        pod.set(field, values.node("pods." + field));
      }
    }
    pod.set("securityContext", RecipeValues.parse(SECURITY));
    pod.putArray("containers").add(container(volumes));
    var sources = pod.putArray("volumes");
    for (var volume : volumes) {
      sources.addObject().put("name", volume.name()).setAll(volume.source());
    }
    return pod;
  }

  private ObjectNode container(List<Volume> volumes) {
    var container =
        RecipeValues.YAML
            .createObjectNode()
            .put("name", "hook")
            .put("image", image())
            .put("imagePullPolicy", values.text("image.pullPolicy"));
    container.putArray("args").add(values.text("system"));
    var variables = container.putArray("env");
    environment()
        .forEach((key, value) -> variables.addObject().put("name", key).put("value", value));
    container.put("terminationMessagePolicy", "FallbackToLogsOnError");
    if (values.has("pods.resources")) {
      container.set("resources", values.node("pods.resources"));
    }
    container.set("securityContext", RecipeValues.parse(CONTAINER_SECURITY));
    var mounts = container.putArray("volumeMounts");
    for (var volume : volumes) {
      mounts
          .addObject()
          .put("name", volume.name())
          .put("mountPath", volume.path())
          .put("readOnly", true);
    }
    return container;
  }

  private Map<String, String> environment() {
    var variables = new LinkedHashMap<String, String>();
    variables.put("HOOK_HOST", values.text("host"));
    variables.put("HOOK_PORT", values.text("port", String.valueOf(system.port())));
    if (!system.twoAccounts()) {
      variables.put("HOOK_USERNAME", values.text("account.name"));
    }
    if (system.tls() && !values.is("tls.enabled")) {
      variables.put("HOOK_TLS", "off");
    }
    if (system.tls() && values.has("tls.caConfigMap")) {
      variables.put("HOOK_CA_FILE", "/ca/" + values.text("tls.caKey"));
    }
    var settings = new TreeMap<String, String>();
    values
        .node("settings")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    variables.putAll(settings);
    return variables;
  }

  private String image() {
    var registry = values.text("global.imageRegistry", values.text("image.registry"));
    var repository =
        (registry.isEmpty() ? "" : registry.replaceFirst("/$", "") + "/")
            + values.text("image.repository");
    return values.has("image.digest")
        ? repository + "@" + values.text("image.digest")
        : repository + ":" + values.text("image.tag", Version.current());
  }
}
