// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.facts.discovery.Inventory;
import dev.credence.observe.discovery.InventoryReader;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.RegistrationStep;
import dev.credence.world.Golden;
import dev.credence.world.World;
import dev.credence.world.Yaml;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each folder of `discoveries/` is a sentence about what is found that nobody claims, with
/// `given.yaml` (a document about the look, then the objects of the cluster) and `expect.yaml`.
/// `make golden` writes what is expected anew: review the difference.
class DiscoveryTest {
  private static final Path FOLDER = Path.of("src/test/resources/discoveries");
  private static final List<String> EXCLUDED =
      List.of("kube-system", "kube-public", "kube-node-lease", "*/default");

  @TestFactory
  Stream<DynamicTest> discoveries() throws IOException {
    try (var folders = Files.list(FOLDER)) {
      return folders.sorted().toList().stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(
                      folder.getFileName().toString().replace('-', ' '), () -> check(folder)));
    }
  }

  private static void check(Path folder) throws IOException {
    var inventory = inventory(Files.readString(folder.resolve("given.yaml")));
    var discovery = Discovery.of(inventory);
    var actual = reported(discovery, RegistrationPlan.of(inventory, discovery));
    var expected = folder.resolve("expect.yaml");
    Golden.check(expected, actual);
  }

  private static Inventory inventory(String given) {
    var documents = Yaml.documents(given);
    var about = Yaml.node(documents.getFirst());
    assertThat(about.properties())
        .as("what the first document may say")
        .extracting(entry -> entry.getKey())
        .isSubsetOf("excluded", "certManager", "gaps");
    var world = new World(Instant.parse("2027-01-01T00:00:00Z"));
    documents.stream().skip(1).forEach(document -> world.put(Yaml.object(Yaml.node(document))));
    var certificates =
        about.path("certManager").asBoolean(true)
            ? Optional.of(all(world, Certificate.class))
            : Optional.<List<Certificate>>empty();
    return InventoryReader.of(
        new InventoryReader.Lists(
            all(world, Namespace.class),
            all(world, ServiceAccount.class),
            all(world, Secret.class),
            certificates.map(found -> found),
            all(world, MachineIdentity.class),
            all(world, CredentialPolicy.class).stream().map(PolicyReader::of).toList(),
            uid -> Optional.empty(),
            texts(about.path("gaps"))),
        DefaultExclusions.of(
            about.has("excluded") ? texts(about.path("excluded")) : EXCLUDED, "credence-system"));
  }

  private static <T extends HasMetadata> List<T> all(World world, Class<T> type) {
    return world.truth().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String reported(Discovery discovery, RegistrationPlan registering) {
    var lines = new ArrayList<String>();
    section(
        lines,
        "unclaimed",
        discovery.found().stream()
            .map(one -> one + ": " + one.why() + " [" + one.policy() + "]")
            .toList());
    lines.add(discovery.tallies().isEmpty() ? "tallies: {}" : "tallies:");
    new TreeMap<>(discovery.tallies())
        .forEach(
            (policy, tally) ->
                lines.add(
                    "  %s: {unclaimed: %d, attributed: %d, excluded: %d, discovered: %d}"
                        .formatted(
                            policy,
                            tally.total(),
                            tally.attributed(),
                            tally.excluded(),
                            tally.discovered())));
    section(lines, "gaps", discovery.gaps());
    section(lines, "steps", registering.steps().stream().map(DiscoveryTest::reported).toList());
    section(
        lines,
        "problems",
        registering.problems().stream().map(RegistrationPlan.Problem::message).toList());
    return String.join("\n", lines) + "\n";
  }

  private static void section(List<String> lines, String name, List<String> items) {
    lines.add(name + (items.isEmpty() ? ": []" : ":"));
    items.forEach(item -> lines.add("- " + item));
  }

  private static String reported(RegistrationStep step) {
    return switch (step) {
      case RegistrationStep.Register(var namespace, var name, var account, _) ->
          "Register ServiceAccount %s/%s as %s".formatted(namespace, account, name);
      case RegistrationStep.Withdraw(var namespace, var name, _) ->
          "Withdraw " + namespace + "/" + name;
      case RegistrationStep.Acknowledge(var namespace, var name, _) ->
          "Take the label off " + namespace + "/" + name;
    };
  }
}
