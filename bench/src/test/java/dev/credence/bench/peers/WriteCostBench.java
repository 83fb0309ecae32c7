// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.bench.Results;
import dev.credence.bench.gauge.Load;
import dev.credence.bench.gauge.Traffic;
import dev.credence.bench.gauge.Vitals;
import dev.credence.bench.peers.Measurement.Layout;
import dev.credence.cluster.LocalCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processor time of the API server for one write of each kind that Credence causes: as the chart
/// installs it, and without the parts that may be what a write costs.
class WriteCostBench {
  private static final int OBJECTS = Integer.getInteger("credence.bench.objects", 400);

  /// The API server reads code, schemas and rules before the first measured write.
  private static final int WARM = 200;

  /// The API server reads bindings from a watch.
  private static final Duration IN_EFFECT = Duration.ofSeconds(2);

  private static final Set<String> RULES = Set.of("x-kubernetes-validations", "pattern");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path scratch;

  /// What is taken away from a cluster with the chart.
  private enum Without {
    NOTHING("as the chart installs it"),
    RULES_OF_THE_SCHEMA("without CEL rules and patterns in the schema"),
    ADMISSION_POLICIES("without the admission policies"),
    BOTH("without both");

    private final String words;

    Without(String words) {
      this.words = words;
    }

    void from(LocalCluster cluster) throws IOException {
      if (this == RULES_OF_THE_SCHEMA || this == BOTH) {
        removeRules(cluster);
      }
      if (this == ADMISSION_POLICIES || this == BOTH) {
        cluster.kubectl(
            "delete",
            "validatingadmissionpolicybindings,validatingadmissionpolicies,mutatingadmissionpolicybindings,mutatingadmissionpolicies",
            "--all");
      }
      cluster.awaitSchemas();
    }
  }

  @Test
  void what_one_write_costs() throws IOException {
    var results = new Results("write-cost");
    var program = Credence.ofImage(scratch);
    results.line("ms of the API server's processor time for each of %,d writes", OBJECTS);
    for (var without : Without.values()) {
      try (var cluster = LocalCluster.fresh("write-cost");
          var load = Load.on(cluster)) {
        without.from(cluster);
        measure(cluster, load, program, WARM, "warm-");
        var costs = measure(cluster, load, program, OBJECTS, "measured-");
        print(results, without.words, costs);
      }
    }
    eachPolicyAlone(results, program);
  }

  private static void print(Results results, String words, Map<String, Double> costs)
      throws IOException {
    results.line("%s:", words);
    for (var cost : costs.entrySet()) {
      results.line("  %-28s %4.1f", cost.getKey(), cost.getValue());
    }
  }

  /// Which of the admission policies it is: bound one after the other.
  private static void eachPolicyAlone(Results results, Contender program) throws IOException {
    try (var cluster = LocalCluster.fresh("write-cost");
        var load = Load.on(cluster)) {
      var kind = "validatingadmissionpolicybindings";
      var bindings = JSON.readTree(cluster.kubectl("get", kind, "-o", "json")).path("items");
      cluster.kubectl("delete", kind, "--all");
      measure(cluster, load, program, WARM, "warm-");
      for (var binding : bindings) {
        var name = binding.at("/metadata/name").asText();
        ((ObjectNode) binding.path("metadata"))
            .remove(List.of("managedFields", "resourceVersion", "uid"));
        var file = scratch.resolve("binding.yaml");
        Files.writeString(file, Serialization.asYaml(binding));
        cluster.kubectl("create", "-f", file.toString());
        Traffic.letBe(IN_EFFECT);
        var namespaces = name.replace(".", "-") + "-";
        print(results, name + " alone", measure(cluster, load, program, OBJECTS, namespaces));
        cluster.kubectl("delete", "-f", file.toString());
        Traffic.letBe(IN_EFFECT);
      }
    }
  }

  private static Map<String, Double> measure(
      LocalCluster cluster, Load load, Contender program, int objects, String namespaces) {
    var requests = new SameRequests(load, Layout.ONE, objects, program, namespaces);
    requests.createNamespaces();
    var server = new Vitals(cluster.pid("kube-apiserver"));
    var costs = new LinkedHashMap<String, Double>();
    var writes = new LinkedHashMap<String, IntConsumer>();
    writes.put("create a MachineIdentity", requests::create);
    writes.put("first status", n -> requests.writeStatus(n, 1));
    writes.put("next status", n -> requests.writeStatus(n, 2));
    writes.put("annotate a MachineIdentity", requests::annotate);
    writes.put("create a Secret", requests::createSecret);
    writes.put("replace a Secret", requests::replaceSecret);
    writes.put("create an Event", n -> requests.createEvent(n, 1));
    writes.forEach(
        (what, write) -> {
          var before = server.cpu();
          load.each(objects, write);
          costs.put(what, server.cpu().minus(before).toNanos() / 1e6 / objects);
        });
    return costs;
  }

  private static void removeRules(LocalCluster cluster) throws IOException {
    var name = "machineidentities.credence.dev";
    var crd = JSON.readTree(cluster.kubectl("get", "crd", name, "-o", "json"));
    ((ObjectNode) crd.path("metadata")).remove(List.of("managedFields", "resourceVersion"));
    remove(crd);
    var file = scratch.resolve("crd.yaml");
    Files.writeString(file, Serialization.asYaml(crd));
    cluster.kubectl("replace", "-f", file.toString());
  }

  private static void remove(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      object.remove(RULES);
    }
    schema.forEach(WriteCostBench::remove);
  }
}
