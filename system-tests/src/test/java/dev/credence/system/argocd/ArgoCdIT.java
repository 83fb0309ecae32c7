// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.argocd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.system.argocd.ArgoCd.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The health checks and actions do what their tests say: the files that Argo CD's own repository
/// wants are run through its own program, with the settings that users install.
class ArgoCdIT {
  private static final Path CUSTOMIZATIONS =
      LocalCluster.TOP.resolve("helm/credence/argocd/resource_customizations");
  private static final Path GROUP = CUSTOMIZATIONS.resolve("credence.dev");

  /// The kinds with actions, each with its key in the settings.
  private static final Map<Path, String> ACTIONS =
      Map.of(
          GROUP.resolve("MachineIdentity/actions"),
          "resource.customizations.actions.credence.dev_MachineIdentity",
          CUSTOMIZATIONS.resolve("Secret/actions"),
          "resource.customizations.actions.Secret");

  private static final String HEALTH_KEY =
      "resource.customizations.health.credence.dev_MachineIdentity";

  /// Lists what the program prints no field of: `rotate|Rotate all …|fa fa-fw fa-sync|`.
  private static final String WITH_ALL_FIELDS =
      """
      local function discovered()
      %s
      end
      local printed = {}
      for name, action in pairs(discovered()) do
        local line = name .. "|" .. tostring(action.displayName) .. "|" .. tostring(action.iconClass) .. "|"
        for _, param in ipairs(action.params or {}) do line = line .. param.name .. "," end
        printed[line] = {["disabled"] = action.disabled}
      end
      return printed
      """;

  @TempDir private static Path scratch;

  @BeforeAll
  static void needs_argo_cd() {
    ArgoCd.require();
  }

  @TestFactory
  Stream<DynamicTest> health() {
    return Stream.of("MachineIdentity", "CredentialPolicy")
        .flatMap(
            kind ->
                cases(GROUP.resolve(kind).resolve("health_test.yaml"), "tests")
                    .map(
                        test ->
                            dynamicTest(
                                kind + " " + path(test),
                                () ->
                                    checkHealth(
                                        ArgoCd.withOurSettings(), GROUP.resolve(kind), test))));
  }

  @TestFactory
  Stream<DynamicTest> which_actions_there_are() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (var actions : ACTIONS.keySet()) {
      var withAllFields =
          settings(
              "with-all-fields-" + actions.getParent().getFileName(),
              ACTIONS.get(actions),
              text -> wrapped(text, WITH_ALL_FIELDS));
      cases(actions.resolve("action_test.yaml"), "discoveryTests")
          .map(test -> dynamicTest(path(test), () -> checkDiscovery(withAllFields, actions, test)))
          .forEach(tests::add);
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> what_actions_do() {
    return ACTIONS.keySet().stream()
        .flatMap(
            actions ->
                cases(actions.resolve("action_test.yaml"), "actionTests")
                    .map(
                        test ->
                            dynamicTest(
                                test.path("action").asText()
                                    + " "
                                    + path(test)
                                    + " "
                                    + test.path("parameters"),
                                () -> checkAction(ArgoCd.withOurSettings(), actions, test))));
  }

  @Test
  void every_action_is_tested() throws IOException {
    assertThat(tested(GROUP.resolve("MachineIdentity"), "new.yaml"))
        .containsExactly("approve", "resume", "review", "revoke", "rotate", "suspend");
    assertThat(tested(CUSTOMIZATIONS.resolve("Secret"), "overlapping.yaml"))
        .containsExactly("abort", "rollback");
  }

  /// The actions of a kind: those of its folder are those that Argo CD lists, and each has a test.
  private static Set<String> tested(Path kind, String object) throws IOException {
    Set<String> actions = new TreeSet<>();
    try (var files = Files.list(kind.resolve("actions"))) {
      files
          .filter(folder -> Files.exists(folder.resolve("action.lua")))
          .forEach(folder -> actions.add(folder.getFileName().toString()));
    }
    assertThat(ArgoCd.withOurSettings().actions(kind.resolve("testdata").resolve(object)).keySet())
        .isEqualTo(actions);
    assertThat(
            cases(kind.resolve("actions/action_test.yaml"), "actionTests")
                .map(test -> test.path("action").asText())
                .distinct())
        .containsExactlyInAnyOrderElementsOf(actions);
    return actions;
  }

  @Test
  void every_file_of_test_data_is_used() throws IOException {
    var used = new TreeSet<Path>();
    for (var kind : List.of("MachineIdentity", "CredentialPolicy")) {
      cases(GROUP.resolve(kind).resolve("health_test.yaml"), "tests")
          .forEach(test -> used.add(GROUP.resolve(kind).resolve(path(test)).normalize()));
    }
    for (var actions : ACTIONS.keySet()) {
      var file = actions.resolve("action_test.yaml");
      Stream.concat(cases(file, "discoveryTests"), cases(file, "actionTests"))
          .flatMap(test -> Stream.of(test.path("inputPath"), test.path("expectedOutputPath")))
          .filter(JsonNode::isTextual)
          .forEach(data -> used.add(actions.resolve(data.asText()).normalize()));
    }
    try (var files = Files.walk(CUSTOMIZATIONS)) {
      assertThat(files.filter(file -> file.getParent().endsWith("testdata")))
          .containsExactlyInAnyOrderElementsOf(used);
    }
  }

  @Test
  void who_is_on_call_in_the_example_may_do_all_but_approve_and_review() throws IOException {
    var projects =
        Files.readString(LocalCluster.TOP.resolve("examples/gitops/argocd/1-projects.yaml"))
            .split("\n---\n");
    var policies = new StringBuilder();
    ArgoCd.read(projects[1])
        .path("spec")
        .path("roles")
        .path(0)
        .path("policies")
        .forEach(policy -> policies.append(policy.asText()).append('\n'));
    var file = Files.writeString(scratch.resolve("policy.csv"), policies);
    var nowhere =
        Files.writeString(
            scratch.resolve("nowhere.kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
            contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
            users: [{name: nobody}]
            current-context: nowhere
            """);
    Map.of(
            "rotate", true, "suspend", true, "resume", true, "revoke", true, "approve", false,
            "review", false)
        .forEach(
            (action, allowed) ->
                assertThat(
                        ArgoCd.may(
                            file,
                            nowhere,
                            "proj:helpdesk:on-call",
                            "action/credence.dev/MachineIdentity/" + action,
                            "helpdesk/helpdesk"))
                    .as(action)
                    .isEqualTo(allowed));
  }

  // What is wrong is found.

  @Test
  void a_wrong_expectation_of_health_fails() {
    var test =
        ArgoCd.read(
            "{inputPath: testdata/suspended.yaml, healthStatus: {status: Healthy, message: ''}}");
    assertThatThrownBy(
            () -> checkHealth(ArgoCd.withOurSettings(), GROUP.resolve("MachineIdentity"), test))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Suspended");
  }

  @Test
  void a_wrong_expectation_of_an_action_fails() {
    var test =
        ArgoCd.read(
            "{action: suspend, inputPath: ../testdata/healthy.yaml, expectedOutputPath: ../testdata/healthy.yaml}");
    assertThatThrownBy(
            () ->
                checkAction(
                    ArgoCd.withOurSettings(), GROUP.resolve("MachineIdentity/actions"), test))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("asked for in Argo CD");
  }

  @Test
  void a_library_that_argo_cd_does_not_give_is_found() throws IOException {
    var broken = settings("broken", HEALTH_KEY, lua -> "local x = string.upper('x')\n" + lua);
    var healthy = GROUP.resolve("MachineIdentity/testdata/healthy.yaml");
    assertThatThrownBy(() -> broken.health(healthy))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("non-table object");
    assertThat(ArgoCd.withOurSettings().health(healthy).status()).isEqualTo("Healthy");
  }

  private static void checkHealth(ArgoCd argoCd, Path folder, JsonNode test) {
    var wanted = test.path("healthStatus");
    assertThat(argoCd.health(folder.resolve(path(test))))
        .isEqualTo(new Health(wanted.path("status").asText(), wanted.path("message").asText()));
  }

  private static void checkDiscovery(ArgoCd argoCd, Path actions, JsonNode test) {
    var wanted = new TreeMap<String, Boolean>();
    for (var action : test.path("result")) {
      var line =
          new StringBuilder()
              .append(action.path("name").asText())
              .append('|')
              .append(action.path("displayName").asText())
              .append('|')
              .append(action.path("iconClass").asText())
              .append('|');
      action.path("params").forEach(param -> line.append(param.path("name").asText()).append(','));
      wanted.put(line.toString(), action.path("disabled").asBoolean());
    }
    assertThat(argoCd.actions(actions.resolve(path(test)))).isEqualTo(wanted);
  }

  private static void checkAction(ArgoCd argoCd, Path actions, JsonNode test) throws IOException {
    var action = test.path("action").asText();
    var object = actions.resolve(path(test));
    var parameters = new TreeMap<String, String>();
    test.path("parameters")
        .properties()
        .forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asText()));
    if (test.has("expectedErrorMessage")) {
      assertThat(argoCd.refusal(object, action, parameters))
          .contains(test.path("expectedErrorMessage").asText());
      return;
    }
    var wanted = actions.resolve(test.path("expectedOutputPath").asText());
    assertThat(timeless(argoCd.run(object, action, parameters)))
        .isEqualTo(timeless(ArgoCd.read(Files.readString(wanted))));
  }

  /// The time of a request is that of the test.
  private static JsonNode timeless(JsonNode object) {
    var annotations = (ObjectNode) object.path("metadata").path("annotations");
    for (var request : Set.of("rotate", "suspend", "review", "revoke", "rollback", "abort")) {
      var value = annotations.path("credence.dev/" + request);
      if (value.isTextual()) {
        annotations.put(
            "credence.dev/" + request,
            value
                .asText()
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "0001-01-01T00:00:00Z"));
      }
    }
    return object;
  }

  private static Stream<JsonNode> cases(Path file, String which) {
    try {
      var cases = ArgoCd.read(Files.readString(file)).path(which);
      assertThat(cases).as("%s in %s", which, file).isNotEmpty();
      return Stream.iterate(0, n -> n < cases.size(), n -> n + 1).map(cases::get);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String path(JsonNode test) {
    return test.path("inputPath").asText();
  }

  private interface Change {
    String of(String text) throws IOException;
  }

  /// Our settings with one of them changed.
  private static ArgoCd settings(String name, String key, Change change) throws IOException {
    var settings = (ObjectNode) ArgoCd.read(Files.readString(ArgoCd.SETTINGS));
    var data = (ObjectNode) settings.path("data");
    assertThat(data.has(key)).as(key).isTrue();
    data.put(key, change.of(data.path(key).asText()));
    var file = scratch.resolve(name + ".yaml");
    Files.writeString(file, new YAMLMapper().writeValueAsString(settings));
    return new ArgoCd(file);
  }

  private static String wrapped(String actions, String wrapper) throws IOException {
    var all = (ObjectNode) ArgoCd.read(actions);
    all.put("discovery.lua", wrapper.formatted(all.path("discovery.lua").asText()));
    return new YAMLMapper().writeValueAsString(all);
  }
}
