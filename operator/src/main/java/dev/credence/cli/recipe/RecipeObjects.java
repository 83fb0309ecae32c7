// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// The objects of a recipe, the same as those of the chart `credence-recipes` with the same values.
final class RecipeObjects {
  private static final String IPV4 = "[0-9]+([.][0-9]+){3}";

  private final HookSystem system;
  private final RecipeValues values;
  private final String namespace;
  private final String name;

  /// Without a namespace, `kubectl apply` decides.
  RecipeObjects(HookSystem system, RecipeValues values, String namespace) {
    this.system = system;
    this.values = values;
    this.namespace = namespace;
    name = values.text("secret.name");
  }

  List<ObjectNode> all() {
    var cronJobs = new HookCronJobs(system, values);
    var all = new ArrayList<ObjectNode>();
    all.add(serviceAccount("hook"));
    if (values.is("networkPolicy.enabled")) {
      all.add(networkPolicy());
    }
    if (system.can("issue")) {
      all.addAll(List.of(serviceAccount("issue"), role(), roleBinding()));
    }
    cronJobs.all().forEach((purpose, spec) -> all.add(cronJob(purpose, spec)));
    if (values.is("hooks.identity")) {
      all.add(identityOfHooks());
    }
    if (values.is("identity.create")) {
      all.add(identity());
    }
    return all;
  }

  private ObjectNode serviceAccount(String purpose) {
    var account = object("v1", "ServiceAccount", name + "-" + purpose);
    if (values.has("serviceAccount.annotations")) {
      account
          .withObjectProperty("metadata")
          .set("annotations", values.node("serviceAccount.annotations"));
    }
    return account.put("automountServiceAccountToken", false);
  }

  private ObjectNode role() {
    var role = object("rbac.authorization.k8s.io/v1", "Role", name + "-issue");
    var rule = role.putArray("rules").addObject();
    rule.putArray("apiGroups").add("");
    rule.putArray("resources").add("secrets");
    rule.putArray("resourceNames").add(name + "-pending");
    rule.putArray("verbs").add("patch");
    return role;
  }

  private ObjectNode roleBinding() {
    var binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", name + "-issue");
    binding
        .putObject("roleRef")
        .put("apiGroup", "rbac.authorization.k8s.io")
        .put("kind", "Role")
        .put("name", name + "-issue");
    var subject =
        binding
            .putArray("subjects")
            .addObject()
            .put("kind", "ServiceAccount")
            .put("name", name + "-issue");
    if (!namespace.isEmpty()) {
      subject.put("namespace", namespace);
    }
    return binding;
  }

  private ObjectNode cronJob(String purpose, ObjectNode spec) {
    var cronJob = object("batch/v1", "CronJob", name + "-" + purpose);
    cronJob
        .withObjectProperty("metadata")
        .putObject("annotations")
        .put("credence.dev/hook", "true");
    cronJob.set("spec", spec);
    return cronJob;
  }

  private ObjectNode networkPolicy() {
    var policy = object("networking.k8s.io/v1", "NetworkPolicy", name + "-hook");
    var spec = policy.putObject("spec");
    spec.putObject("podSelector").set("matchLabels", HookCronJobs.labels(name));
    spec.putArray("policyTypes").add("Ingress").add("Egress");
    var egress = spec.putArray("egress");
    var ofSystem = egress.addObject();
    ports(ofSystem, "TCP", values.has("port") ? values.node("port").asInt() : system.port());
    system.settings().stream()
        .filter(setting -> setting.name().endsWith("_PORT"))
        .map(setting -> values.text("settings." + setting.name(), setting.defaultValue()))
        .forEach(port -> ports(ofSystem, "TCP", Integer.parseInt(port)));
    address(ofSystem);
    var ofDns = egress.addObject();
    ports(ofDns, "UDP", 53);
    ports(ofDns, "TCP", 53);
    if (values.has("networkPolicy.dnsTo")) {
      ofDns.set("to", values.node("networkPolicy.dnsTo"));
    }
    if (system.can("issue")) {
      var ofServer = egress.addObject();
      ports(ofServer, "TCP", 443);
      ports(ofServer, "TCP", 6443);
    }
    values.node("networkPolicy.extraEgress").forEach(egress::add);
    return policy;
  }

  private static void ports(ObjectNode rule, String protocol, int port) {
    rule.withArrayProperty("ports").addObject().put("protocol", protocol).put("port", port);
  }

  private void address(ObjectNode rule) {
    var host = values.text("host");
    if (values.has("networkPolicy.to")) {
      rule.set("to", values.node("networkPolicy.to"));
    } else if (host.matches(IPV4) || host.contains(":")) {
      rule.putArray("to")
          .addObject()
          .putObject("ipBlock")
          .put("cidr", host + (host.contains(":") ? "/128" : "/32"));
    }
  }

  /// The accounts of the hooks are machines too. As accounts of the other identity, they would be
  /// suspended with it, and their Jobs would count as its use.
  private ObjectNode identityOfHooks() {
    var identity = identity(name + "-hooks", "Runs the hooks of the Secret " + name);
    var accounts = identity.withObjectProperty("spec").putArray("serviceAccounts");
    accounts.addObject().put("name", name + "-hook");
    if (system.can("issue")) {
      accounts.addObject().put("name", name + "-issue");
    }
    return identity;
  }

  private ObjectNode identity() {
    var purpose = "Logs in to %s as %s".formatted(target(), values.text("account.name"));
    var identity =
        identity(values.text("identity.name", name), values.text("identity.purpose", purpose));
    identity.withObjectProperty("spec").putArray("secrets").add(secret());
    return identity;
  }

  private ObjectNode identity(String identity, String purpose) {
    var object = object("credence.dev/v1alpha1", "MachineIdentity", identity);
    var spec = object.putObject("spec");
    if (values.has("identity.application")) {
      spec.put("application", values.text("identity.application"));
    }
    spec.put("purpose", purpose);
    if (values.has("identity.owner")) {
      spec.set("owner", values.node("identity.owner"));
    }
    return object;
  }

  /// The entry of the Secret in `spec.secrets`.
  ObjectNode secret() {
    var secret = RecipeValues.YAML.createObjectNode().put("name", name);
    secret
        .putObject("account")
        .put("type", system.accountType())
        .put("system", target())
        .put("name", values.text("account.name"));
    if (!system.secretType().equals("Opaque")) {
      secret.put("type", system.secretType());
    }
    var keys = secret.putObject("generate").putArray("keys");
    var ofSystem = system.keys().toString().replace("{account}", values.text("account.name"));
    RecipeValues.parse(ofSystem).forEach(keys::add);
    values.node("secret.extraKeys").forEach(keys::add);
    for (var field : List.of("interval", "overlap")) {
      if (values.has("rotation." + field)) {
        secret.withObjectProperty("rotation").put(field, values.text("rotation." + field));
      }
    }
    secret.set("hooks", hooks());
    return secret;
  }

  private ObjectNode hooks() {
    var hooks = RecipeValues.YAML.createObjectNode();
    var steps = system.steps().stream().filter(this::isAsked).toList();
    for (var step : steps) {
      if (step.equals("probe")) {
        if (values.has("hooks.probe")) {
          hooks.putObject(step).put("interval", values.text("hooks.probe"));
        }
      } else if (values.is("hooks.lock") || !List.of("suspend", "resume").contains(step)) {
        hooks.putObject(step).put("cronJobName", name + "-" + HookCronJobs.of(step));
      }
    }
    hooks.forEach(hook -> ((ObjectNode) hook).put("timeout", values.text("hooks.timeout")));
    return hooks;
  }

  private boolean isAsked(String step) {
    return system.request(step).map(name -> values.has("settings." + name)).orElse(true);
  }

  private String target() {
    return values.text("account.system", values.text("host"));
  }

  private ObjectNode object(String version, String kind, String name) {
    var object = RecipeValues.YAML.createObjectNode().put("apiVersion", version).put("kind", kind);
    var metadata = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    metadata.set("labels", HookCronJobs.labels(this.name));
    return object;
  }
}
