// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.settings.Version;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// Prints what rotates one account of another system.
@Command(
    name = "recipe",
    mixinStandardHelpOptions = true,
    header = "Print the manifests that rotate an account in a database, a directory or a server.",
    description = {
      "",
      "Prints a MachineIdentity, the suspended CronJobs of its hooks, their ServiceAccount with its",
      "own MachineIdentity and a NetworkPolicy as YAML for Git: the same objects as the chart",
      "credence-recipes with the same values.",
      "Needs no cluster, and prints no password: create the Secret of the administrative account first."
    },
    footer = {
      "%nExamples:",
      "  credence recipe --list",
      "  credence recipe postgresql -n sales --host db.sales.example.com --system db.sales --account crm \\",
      "    --secret crm-db --set HOOK_DATABASE=crm --set HOOK_ROLE=crm --owner alice@example.com \\",
      "    --admin-secret crm-db-admin --image registry.example.com/platform/credence-hooks",
      "  credence recipe postgresql -f values.yaml | kubectl apply -n sales -f -"
    })
public final class Recipe implements Callable<Integer> {
  @CommandLine.Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "SYSTEM",
      description = "The system with the account. --list shows all of them.")
  private @Nullable String system;

  @Option(names = "--list", description = "List the systems and their variables.")
  private boolean list;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace of the objects. Without it, kubectl apply decides.")
  private String namespace = "";

  @Option(
      names = {"-f", "--values"},
      paramLabel = "FILE",
      description = "Values of the chart credence-recipes. Options take precedence.")
  private @Nullable Path file;

  @Option(names = "--host", description = "The host name or IP address of the system.")
  private @Nullable String host;

  @Option(names = "--port", description = "The port. Default: the usual port of the system.")
  private @Nullable Integer port;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description = "The account. Two accounts that take turns are NAME_blue and NAME_green.")
  private @Nullable String account;

  @Option(
      names = "--system",
      paramLabel = "NAME",
      description = "The name of the system in reports and messages. Default: the host.")
  private @Nullable String target;

  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description =
          "The Secret for the application, and the first part of all names. Default: ACCOUNT-SYSTEM.")
  private @Nullable String secret;

  @Option(names = "--identity", paramLabel = "NAME", description = "Default: the Secret's name.")
  private @Nullable String identity;

  @Option(
      names = "--no-identity",
      description = "Print the hooks, and the entry for an identity of yours as a comment.")
  private boolean noIdentity;

  @Option(names = "--application", description = "The application of the identity.")
  private @Nullable String application;

  @Option(names = "--purpose", description = "The purpose of the identity.")
  private @Nullable String purpose;

  @Option(names = "--owner", paramLabel = "CONTACT", description = "The contact of the owner.")
  private @Nullable String owner;

  @Option(names = "--team", description = "The team of the owner.")
  private @Nullable String team;

  @Option(names = "--interval", description = "The time between rotations. Default: 720h.")
  private @Nullable String interval;

  @Option(
      names = "--overlap",
      description = "How long the previous credential stays valid. Default: 24h.")
  private @Nullable String overlap;

  @Option(
      names = "--set",
      paramLabel = "HOOK_NAME=VALUE",
      description = "A variable of the hook image. Can be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--admin-secret",
      paramLabel = "NAME",
      description = "The Secret of the administrative account, which only the hooks read.")
  private @Nullable String adminSecret;

  @Option(
      names = "--ca-config-map",
      paramLabel = "NAME",
      description = "A ConfigMap with the certificate authorities of the system, key ca.crt.")
  private @Nullable String caConfigMap;

  @Option(names = "--no-tls", description = "Connect to the system without TLS.")
  private boolean noTls;

  @Option(
      names = "--image",
      paramLabel = "REPOSITORY[:TAG|@DIGEST]",
      description = "The image credence-hooks.")
  private @Nullable String image;

  @Override
  public Integer call() {
    var systems = HookSystem.all();
    if (list) {
      return print(list(systems));
    }
    var values = values();
    var name = values.text("system");
    var chosen = systems.get(name);
    if (chosen == null) {
      throw wrong(
          (name.isEmpty() ? "Name a system" : "There is no recipe for " + name)
              + ". The systems are "
              + String.join(", ", systems.keySet())
              + ".");
    }
    if (!values.has("host")) {
      values.set("host", chosen.host());
    }
    values.fill("rotation.interval", chosen.interval());
    values.fill("rotation.overlap", chosen.overlap());
    if (!values.has("secret.name") && values.has("account.name")) {
      values.set("secret.name", values.text("account.name") + "-" + name);
    }
    new RecipeCheck(name, chosen, values)
        .problem()
        .ifPresent(
            problem -> {
              throw wrong(problem);
            });
    return print(text(chosen, values));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private RecipeValues values() {
    var values = RecipeValues.defaults();
    Optional.ofNullable(file).ifPresent(values::read);
    var options = new LinkedHashMap<String, @Nullable Object>();
    options.put("system", system);
    options.put("host", host);
    options.put("port", port);
    options.put("account.name", account);
    options.put("account.system", target);
    options.put("secret.name", secret);
    options.put("identity.name", identity);
    options.put("identity.create", noIdentity ? false : null);
    options.put("identity.application", application);
    options.put("identity.purpose", purpose);
    options.put("identity.owner.team", team);
    options.put("identity.owner.contact", owner);
    options.put("rotation.interval", interval);
    options.put("rotation.overlap", overlap);
    options.put("admin.existingSecret", adminSecret);
    options.put("tls.caConfigMap", caConfigMap);
    options.put("tls.enabled", noTls ? false : null);
    options.forEach(
        (path, value) -> Optional.ofNullable(value).ifPresent(given -> values.set(path, given)));
    settings.forEach(values::setting);
    Optional.ofNullable(image).ifPresent(given -> setImage(values, given));
    return values;
  }

  /// A colon before the last slash is that of a port.
  private static void setImage(RecipeValues values, String image) {
    var digest = image.indexOf('@');
    var colon = image.lastIndexOf(':');
    var isTagged = digest < 0 && colon > image.lastIndexOf('/');
    var end = digest >= 0 ? digest : isTagged ? colon : image.length();
    values.set("image.registry", "");
    values.set("image.repository", image.substring(0, end));
    values.set("image.digest", digest >= 0 ? image.substring(end + 1) : "");
    values.set("image.tag", isTagged ? image.substring(end + 1) : "");
  }

  /// Its output may be another than standard output, in tests.
  private int print(String text) {
    var out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
    return 0;
  }

  private String text(HookSystem chosen, RecipeValues values) {
    var objects = new RecipeObjects(chosen, values, namespace);
    var out = new StringBuilder();
    out.append(
        """
        # %s: account %s at %s, printed by credence recipe %s.
        # The Secret %s must have the keys %s.
        """
            .formatted(
                chosen.title(),
                values.text("account.name"),
                values.text("account.system", values.text("host")),
                Version.current(),
                values.text("admin.existingSecret"),
                String.join(", ", chosen.admin())));
    if (!values.is("identity.create")) {
      out.append("# Add this entry to spec.secrets of your MachineIdentity:\n");
      yaml(objects.secret()).lines().forEach(line -> out.append("#   ").append(line).append('\n'));
    }
    objects.all().forEach(object -> out.append("---\n").append(yaml(object)));
    return out.toString();
  }

  private static String yaml(JsonNode object) {
    try {
      return RecipeValues.YAML.writeValueAsString(object).replaceFirst("^---\n", "");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String list(Map<String, HookSystem> systems) {
    var text = new StringBuilder();
    systems.forEach(
        (name, system) -> {
          text.append(
              "%s: %s, port %d, %s%n"
                  .formatted(
                      name,
                      system.title(),
                      system.port(),
                      system.twoAccounts() ? "two accounts that take turns" : "one account"));
          text.append("  admin Secret: %s%n".formatted(String.join(", ", system.admin())));
          text.append(
              system.settings().stream()
                  .map(
                      setting ->
                          "  %s%s: %s%n"
                              .formatted(
                                  setting.name(),
                                  setting.required() ? " (required)" : "",
                                  setting.meaning()))
                  .collect(Collectors.joining()));
        });
    return text.toString();
  }
}
