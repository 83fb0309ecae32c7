// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is wrong with the values of a recipe, in the words of the options. The chart has a schema
/// and the same rules.
final class RecipeCheck {
  private static final String NAME = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?";
  private static final int LONGEST_NAME = 45;

  private final String name;
  private final HookSystem system;
  private final RecipeValues values;

  RecipeCheck(String name, HookSystem system, RecipeValues values) {
    this.name = name;
    this.system = system;
    this.values = values;
  }

  /// The first problem, with the next step.
  Optional<String> problem() {
    return Stream.of(missing(), forms(), settings(), admin(), durations())
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> missing() {
    return values.text("host").isEmpty()
        ? Optional.of("Set --host to the host name of the system, such as db.sales.example.com.")
        : values.text("account.name").isEmpty()
            ? Optional.of("Set --account to the name of the account in the system, such as crm.")
            : values.text("image.repository").isEmpty()
                ? Optional.of(
                    "Set --image to the image of the hooks, such as"
                        + " registry.example.com/platform/credence-hooks. `make image` builds it.")
                : Optional.empty();
  }

  private Optional<String> forms() {
    if (!values.text("host").matches("[A-Za-z0-9._:-]{1,253}")) {
      return Optional.of("--host must be a host name or an IP address, without a port.");
    }
    if (!values.text("account.name").matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,199}")) {
      return Optional.of("--account must have letters, digits and ._@- only.");
    }
    var secret = values.text("secret.name");
    if (!secret.matches(NAME) || secret.length() > LONGEST_NAME) {
      return Optional.of(
          "%s cannot be the name of the Secret. Set --secret to at most %d lower-case letters, digits, dots and dashes."
              .formatted(secret, LONGEST_NAME));
    }
    var port = values.node("port");
    if (!port.isNull() && (!port.canConvertToInt() || port.asInt() < 1 || port.asInt() > 65_535)) {
      return Optional.of("--port must be a number from 1 to 65535.");
    }
    return values.has("tls.caConfigMap") && !system.tls()
        ? Optional.of(name + " has no certificate authority: remove --ca-config-map.")
        : Optional.empty();
  }

  private Optional<String> settings() {
    var known = system.settings().stream().map(HookSystem.Variable::name).toList();
    for (var setting : values.node("settings").properties()) {
      if (!known.contains(setting.getKey())) {
        return Optional.of(
            "%s is not a setting of %s. Its settings are %s."
                .formatted(setting.getKey(), name, String.join(", ", known)));
      }
    }
    for (var setting : known) {
      var text = values.text("settings." + setting);
      if (setting.endsWith("_PORT") && !text.matches("([0-9]{1,5})?")) {
        return Optional.of(setting + " must be a number from 1 to 65535.");
      }
    }
    return system.settings().stream()
        .filter(setting -> setting.required() && !values.has("settings." + setting.name()))
        .findFirst()
        .map(setting -> "Add --set %s=VALUE: %s.".formatted(setting.name(), setting.meaning()));
  }

  private Optional<String> admin() {
    if (values.has("admin.data")) {
      return Optional.of(
          "admin.data is for the chart alone: the command prints no password. Create a Secret, and"
              + " name it with --admin-secret.");
    }
    return values.has("admin.existingSecret")
        ? Optional.empty()
        : Optional.of(
            "Set --admin-secret to the Secret of the administrative account. Create it with: kubectl create secret generic %s-admin%s"
                .formatted(values.text("secret.name"), files()));
  }

  private String files() {
    return String.join("", system.admin().stream().map(" --from-file=%s=FILE"::formatted).toList());
  }

  private Optional<String> durations() {
    return List.of("rotation.interval", "rotation.overlap", "hooks.timeout", "hooks.probe").stream()
        .filter(path -> !values.text(path).matches("(([0-9]+h)?([0-9]+m)?([0-9]+s)?)?"))
        .findFirst()
        .map("%s must be a duration such as 24h or 1h30m. A day is 24h."::formatted);
  }
}
