// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.recipe;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A system that the image credence-hooks knows. `make generate` writes the file with all of them
/// from the drivers of the image, for this command and for the chart `credence-recipes`.
///
/// @param keys of the Secret, as in `generate.keys` of a MachineIdentity
/// @param admin keys of the Secret of the administrative account
/// @param host of the system where it has one for everybody
/// @param interval between two rotations, and the overlap, unless the user says otherwise
record HookSystem(
    String title,
    String accountType,
    String secretType,
    boolean twoAccounts,
    boolean tls,
    String host,
    int port,
    String interval,
    String overlap,
    List<String> steps,
    ArrayNode keys,
    List<String> admin,
    List<Variable> settings) {

  /// An environment variable of the hook. Its default is empty where there is none.
  record Variable(
      String name,
      @JsonProperty("default") String defaultValue,
      boolean required,
      String meaning) {}

  HookSystem {
    steps = List.copyOf(steps);
    admin = List.copyOf(admin);
    settings = List.copyOf(settings);
  }

  /// By the names that the image knows them by.
  static Map<String, HookSystem> all() {
    try (var file = HookSystem.class.getResourceAsStream("systems.yaml")) {
      return RecipeValues.YAML.readValue(
          Objects.requireNonNull(file), new TypeReference<LinkedHashMap<String, HookSystem>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean can(String step) {
    return steps.contains(step);
  }

  /// The variable with the request of a step, in a system that has one for each step. Such a step
  /// has a hook only if the user sets the variable.
  Optional<String> request(String step) {
    var name = "HOOK_" + step.toUpperCase(Locale.ROOT);
    return settings.stream().map(Variable::name).filter(name::equals).findFirst();
  }
}
