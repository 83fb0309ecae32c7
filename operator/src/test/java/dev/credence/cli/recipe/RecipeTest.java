// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// What the command prints, and what it answers to wrong options. `RecipesIT` compares it with the
/// chart.
class RecipeTest {
  private static final String ALL =
      "--host db.example.com --account crm --admin-secret admin --image registry.example.com/hooks";

  @TempDir private Path folder;

  private record Ended(int code, String out, String err) {}

  private static Ended recipe(String words) {
    var out = new StringWriter();
    var err = new StringWriter();
    var command = new CommandLine(new Recipe());
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    var code = command.execute(words.isEmpty() ? new String[0] : words.split(" "));
    return new Ended(code, out.toString(), err.toString());
  }

  private static List<JsonNode> objects(String text) throws IOException {
    var all = new ArrayList<JsonNode>();
    RecipeValues.YAML
        .readerFor(JsonNode.class)
        .<JsonNode>readValues(text)
        .forEachRemaining(all::add);
    all.removeIf(node -> node == null || node.isNull() || node.isMissingNode());
    return all;
  }

  private static JsonNode object(String text, String kind, String name) throws IOException {
    return objects(text).stream()
        .filter(object -> object.path("kind").asText().equals(kind))
        .filter(object -> object.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static Set<String> systems() {
    return new TreeSet<>(HookSystem.all().keySet());
  }

  private static String required(String system) {
    return HookSystem.all().get(system).settings().stream()
        .filter(HookSystem.Variable::required)
        .map(variable -> " --set %s=1".formatted(variable.name()))
        .reduce("", String::concat);
  }

  /// Without those whose request the user may set.
  private static List<String> stepsThatNeedNothing(HookSystem system) {
    var optional =
        system.settings().stream()
            .filter(variable -> !variable.required())
            .map(HookSystem.Variable::name)
            .toList();
    return system.steps().stream()
        .filter(step -> system.request(step).filter(optional::contains).isEmpty())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("systems")
  void each_system_has_a_recipe_with_its_hooks(String system) throws IOException {
    var ended = recipe(system + " -n sales " + ALL + required(system));
    assertThat(ended.err()).isEmpty();
    var name = "crm-" + system;
    var hooks = object(ended.out(), "MachineIdentity", name).at("/spec/secrets/0/hooks");
    assertThat(hooks.properties().stream().map(hook -> hook.getKey()))
        .containsExactlyInAnyOrderElementsOf(stepsThatNeedNothing(HookSystem.all().get(system)));
    hooks.forEach(
        hook -> {
          if (hook.has("cronJobName")) {
            assertThat(ended.out()).contains("\n  name: " + hook.path("cronJobName").asText());
          }
        });
    assertThat(objects(ended.out()).stream().map(one -> one.at("/metadata/namespace").asText()))
        .containsOnly("sales");
  }

  @Test
  void the_pods_that_only_log_in_do_not_have_the_administrative_account() throws IOException {
    var out = recipe("postgresql " + ALL).out();
    assertThat(volumes(object(out, "CronJob", "crm-postgresql-hook")))
        .containsExactly("crm-postgresql", "crm-postgresql-pending", "admin");
    assertThat(volumes(object(out, "CronJob", "crm-postgresql-verify")))
        .containsExactly("crm-postgresql-pending");
  }

  private static Stream<String> volumes(JsonNode cronJob) {
    return ((ArrayNode) cronJob.at("/spec/jobTemplate/spec/template/spec/volumes"))
        .valueStream()
        .map(volume -> volume.at("/secret/secretName").asText());
  }

  @Test
  void a_system_with_one_host_for_everybody_needs_none() throws IOException {
    var out =
        recipe("aws-iam --account crm --admin-secret admin --image registry.example.com/h").out();
    assertThat(out).contains("value: iam.amazonaws.com\n", "system: iam.amazonaws.com\n");
    assertThat(object(out, "Role", "crm-aws-iam-issue").at("/rules/0/resourceNames/0").asText())
        .isEqualTo("crm-aws-iam-pending");
  }

  @Test
  void a_step_whose_request_is_a_setting_has_a_hook_only_if_it_is_set() throws IOException {
    var words = "rest " + ALL + required("rest");
    assertThat(stepsOfHooks(words)).containsExactlyInAnyOrder("issue", "verify", "revoke", "probe");
    assertThat(stepsOfHooks(words + " --set HOOK_SUSPEND=1 --set HOOK_RESUME=1"))
        .contains("suspend", "resume");
  }

  private static List<String> stepsOfHooks(String words) throws IOException {
    var identity = object(recipe(words).out(), "MachineIdentity", "crm-rest");
    return identity.at("/spec/secrets/0/hooks").propertyStream().map(Map.Entry::getKey).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 40m, 15m",
    "--interval 20m, 20m, 15m",
    "--overlap 5m, 40m, 5m",
  })
  void a_token_that_expires_after_an_hour_is_rotated_within_it(
      String words, String interval, String overlap) throws IOException {
    var out = recipe("github-app " + ALL + required("github-app") + " " + words).out();
    var rotation = object(out, "MachineIdentity", "crm-github-app").at("/spec/secrets/0/rotation");
    assertThat(rotation.path("interval").asText()).isEqualTo(interval);
    assertThat(rotation.path("overlap").asText()).isEqualTo(overlap);
  }

  @Test
  void an_empty_interval_is_that_of_the_policy() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("values.yaml"), "rotation: {interval: \"\", overlap: \"\"}");
    var out = recipe("redis " + ALL + " -f " + file).out();
    assertThat(object(out, "MachineIdentity", "crm-redis").at("/spec/secrets/0").has("rotation"))
        .isFalse();
  }

  @Test
  void the_accounts_of_the_hooks_have_an_identity_of_their_own() throws IOException {
    var out = recipe("aws-iam " + ALL + " --owner alice@example.com").out();
    var spec = object(out, "MachineIdentity", "crm-aws-iam-hooks").path("spec");
    assertThat(spec.path("serviceAccounts").valueStream().map(one -> one.path("name").asText()))
        .containsExactlyElementsOf(
            objects(out).stream()
                .filter(one -> one.path("kind").asText().equals("ServiceAccount"))
                .map(one -> one.at("/metadata/name").asText())
                .toList());
    assertThat(spec.at("/owner/contact").asText()).isEqualTo("alice@example.com");
    var values = Files.writeString(folder.resolve("values.yaml"), "hooks: {identity: false}");
    assertThat(recipe("aws-iam " + ALL + " -f " + values).out()).doesNotContain("aws-iam-hooks");
  }

  @Test
  void the_network_policy_allows_each_port_of_the_system() throws IOException {
    var out = recipe("rabbitmq " + ALL + " --set HOOK_AMQP_PORT=5673").out();
    var ports = object(out, "NetworkPolicy", "crm-rabbitmq-hook").at("/spec/egress/0/ports");
    assertThat(ports.valueStream().map(port -> port.path("port").asInt()))
        .containsExactly(15671, 5673);
    assertThat(recipe("rabbitmq " + ALL + " --set HOOK_AMQP_PORT=amqp").err())
        .startsWith("HOOK_AMQP_PORT must be a number");
  }

  @Test
  void an_identity_of_the_user_gets_its_entry_as_a_comment() throws IOException {
    var out = recipe("postgresql " + ALL + " --secret crm-db --no-identity").out();
    assertThat(
            objects(out).stream()
                .filter(one -> one.path("kind").asText().equals("MachineIdentity")))
        .extracting(one -> one.at("/metadata/name").asText())
        .containsExactly("crm-db-hooks");
    assertThat(out)
        .contains("# Add this entry to spec.secrets", "#   name: crm-db\n", "#       - crm_blue");
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example.com:5000/hooks, registry.example.com:5000/hooks:development",
    "registry.example.com:5000/hooks:2, registry.example.com:5000/hooks:2",
    "registry.example.com/hooks@sha256:1, registry.example.com/hooks@sha256:1"
  })
  void an_image_has_a_tag_or_a_digest(String given, String printed) {
    var out =
        recipe("redis --host cache --account crm --admin-secret admin --image " + given).out();
    assertThat(out).contains("image: " + printed + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          oracle                               | There is no recipe for oracle. The systems are postgresql, mysql, mariadb
          -n sales                             | Name a system. The systems are postgresql
          postgresql                           | Set --host to the host name of the system
          postgresql --host db                 | Set --account to the name of the account
          postgresql --host db --account crm   | Set --image to the image of the hooks
          postgresql --host db --account crm --image i | Set --admin-secret to the Secret of the administrative account. Create it with: kubectl create secret generic crm-postgresql-admin --from-file=username=FILE --from-file=password=FILE
          postgresql ALL --host https://db     | --host must be a host name or an IP address, without a port.
          postgresql ALL --account crm'x       | --account must have letters, digits and ._@- only.
          postgresql ALL --secret Crm          | Crm cannot be the name of the Secret.
          postgresql ALL --port 0              | --port must be a number from 1 to 65535.
          postgresql ALL --interval 30d        | rotation.interval must be a duration such as 24h or 1h30m. A day is 24h.
          postgresql ALL --set HOOK_DATABSE=crm | HOOK_DATABSE is not a setting of postgresql. Its settings are HOOK_TIMEOUT, HOOK_DATABASE, HOOK_ROLE.
          ldap ALL                             | Add --set HOOK_BASE_DN=VALUE: Entry below which the accounts are
          ssh ALL --ca-config-map ca           | ssh has no certificate authority: remove --ca-config-map.
          """)
  void wrong_options_are_answered_with_the_next_step(String words, String answer) {
    var ended = recipe(withAll(words));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith(answer);
  }

  /// Only those of the options that the words do not have.
  private static String withAll(String words) {
    var all =
        Pattern.compile("(--\\S+) \\S+")
            .matcher(ALL)
            .replaceAll(option -> words.contains(option.group(1) + " ") ? "" : option.group());
    return words.replace("ALL", all.strip()).replaceAll(" +", " ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          acount: {name: crm}      | acount is not a value of the chart credence-recipes.
          account: {nam: crm}      | account.nam is not a value of the chart credence-recipes.
          account: crm             | account must have values of its own.
          - account                | contains no values of the chart credence-recipes.
          '{'                      | is not valid YAML:
          """)
  void wrong_values_are_named(String values, String answer) throws IOException {
    var file = Files.writeString(folder.resolve("values.yaml"), values);
    var command = new CommandLine(new Recipe());
    var said = new String[1];
    command.setExecutionExceptionHandler(
        (problem, line, parsed) -> {
          said[0] = problem.getMessage();
          return 1;
        });
    assertThat(command.execute("postgresql", "-f", file.toString())).isEqualTo(1);
    assertThat(said[0]).contains(answer);
  }

  @Test
  void it_prints_no_password() throws IOException {
    var file =
        Files.writeString(folder.resolve("values.yaml"), "admin: {data: {password: of-a-test}}");
    var ended = recipe("postgresql " + ALL + " -f " + file);
    assertThat(ended.err()).startsWith("admin.data is for the chart alone");
    assertThat(ended.out() + ended.err()).doesNotContain("of-a-test");
  }

  @Test
  void the_list_names_each_system_with_its_variables() {
    var out = recipe("--list").out();
    assertThat(out).contains("ldap: LDAP directory, port 636, two accounts that take turns\n");
    assertThat(out).contains("  HOOK_BASE_DN (required): Entry below which");
    systems().forEach(system -> assertThat(out).containsPattern("(?m)^" + system + ": "));
  }
}
