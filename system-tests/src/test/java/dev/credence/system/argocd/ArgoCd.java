// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.argocd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Tools;
import dev.credence.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Argo CD's own program, without a cluster and without a network: what it makes of an object with
/// these settings (the ConfigMap `argocd-cm` in a file). Its exit code says nothing but that the
/// script ran.
public record ArgoCd(Path settings) {
  /// As an installation has them that does not bring ours.
  public static final Path SETTINGS =
      LocalCluster.TOP.resolve("helm/credence/argocd/argocd-cm.yaml");

  private static final Path PROGRAM = Tools.path("argocd");
  private static final YAMLMapper YAML = new YAMLMapper();

  /// What the user is shown.
  public record Health(String status, String message) {}

  /// Waits for the tool; skips the test where it is not to be had.
  public static void require() {
    Tools.require("argocd", "argocd");
  }

  public static ArgoCd withOurSettings() {
    return new ArgoCd(SETTINGS);
  }

  public Health health(Path object) {
    var lines = succeed("health", object.toString()).strip().split("\nMESSAGE: ", 2);
    if (lines.length != 2 || !lines[0].startsWith("STATUS: ")) {
      throw new AssertionError("no health of " + object + ": " + String.join("\n", lines));
    }
    return new Health(lines[0].substring("STATUS: ".length()), lines[1]);
  }

  /// The actions, each with whether it is disabled.
  public Map<String, Boolean> actions(Path object) {
    var found = new TreeMap<String, Boolean>();
    succeed("list-actions", object.toString())
        .lines()
        .skip(1)
        .map(String::strip)
        .forEach(
            line -> {
              var gap = line.lastIndexOf(' ');
              found.put(line.substring(0, gap).strip(), Boolean.valueOf(line.substring(gap + 1)));
            });
    return found;
  }

  /// The object as the action leaves it.
  public JsonNode run(Path object, String action, Map<String, String> parameters) {
    var printed = succeed(words(object, action, parameters));
    return read(printed.substring(printed.indexOf("\n\n") + 2));
  }

  /// What the program says of an action that refuses.
  public String refusal(Path object, String action, Map<String, String> parameters) {
    var end = end(words(object, action, parameters));
    if (end.code() == 0) {
      throw new AssertionError(action + " of " + object + " is not refused:\n" + end.out());
    }
    return end.err();
  }

  /// Whether Argo CD's own rights let this role do that with an application. It asks no cluster,
  /// and still wants to know of one.
  static boolean may(Path policies, Path nowhere, String role, String action, String application) {
    var end =
        Program.run(
            Map.of("KUBECONFIG", nowhere.toString(), "HOME", nowhere.getParent().toString()),
            List.of(
                PROGRAM.toString(),
                "admin",
                "settings",
                "rbac",
                "can",
                role,
                action,
                "applications",
                application,
                "--policy-file",
                policies.toString()));
    return switch (end.out().strip()) {
      case "Yes" -> true;
      case "No" -> false;
      default -> throw new AssertionError(end.out() + end.err());
    };
  }

  static JsonNode read(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String[] words(Path object, String action, Map<String, String> parameters) {
    var words = new ArrayList<>(List.of("run-action", object.toString(), action));
    parameters.forEach((name, value) -> words.addAll(List.of("--param", name + "=" + value)));
    return words.toArray(String[]::new);
  }

  private String succeed(String... words) {
    var end = end(words);
    if (end.code() != 0) {
      throw new AssertionError(
          "argocd %s ended with %d:%n%s%s"
              .formatted(String.join(" ", words), end.code(), end.out(), end.err()));
    }
    return end.out();
  }

  private Program.End end(String... words) {
    var command =
        new ArrayList<>(List.of(PROGRAM.toString(), "admin", "settings", "resource-overrides"));
    command.addAll(List.of(words));
    command.addAll(List.of("--argocd-cm-path", settings.toString()));
    return Program.run(
        Map.of(
            "KUBECONFIG", "/dev/null",
            "KUBERNETES_SERVICE_HOST", "",
            "GOGC", Tools.GOGC,
            "HOME", "/dev/null",
            // It shows differences by a program of the user's choice: this one prints the result.
            "KUBECTL_EXTERNAL_DIFF", "sh -c 'cat \"$1\"'"),
        command);
  }
}
