// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.credence.api.CredentialPolicySpec;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.Section;
import dev.credence.plan.ConditionResult.ConditionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Names by which a reader finds a rule.
class NamesOfTypesTest {
  private static final Path MAIN = Path.of("src/main/java/dev/credence");

  /// Reconciling and Stalled follow from Ready.
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Reconciling", "Stalled"})
  void a_type_that_computes_a_condition_is_called_like_the_condition(ConditionType condition)
      throws IOException {
    assertThat(types(MAIN.resolve("decide"))).contains(condition.name());
  }

  /// Owner and Rotation of the API are those of an identity; a policy has rules about them.
  private static final Map<String, String> RULES =
      Map.of("OwnerRule", "Owner", "PolicyRotation", "Rotation");

  @ParameterizedTest
  @EnumSource
  void a_type_that_holds_a_section_is_called_like_the_section(Section section) {
    assertThat(PolicySections.class.getRecordComponents())
        .filteredOn(component -> component.getName().equals(section.toString()))
        .extracting(component -> component.getGenericType().getTypeName())
        .singleElement(STRING)
        .matches("java.util.Optional<.*[.$]" + section.name() + ">");
    assertThat(CredentialPolicySpec.class.getRecordComponents())
        .filteredOn(component -> component.getName().equals(section.toString()))
        .extracting(component -> component.getType().getSimpleName())
        .extracting(name -> RULES.getOrDefault(name, name))
        .containsExactly(section.name());
  }

  /// Facts, the words of a decision and its rules are read together.
  @Test
  void no_two_types_of_the_core_share_a_name() throws IOException {
    var all = types(MAIN.resolve("decide"));
    all.addAll(types(MAIN.resolve("plan")));
    all.addAll(types(MAIN.resolve("facts")));
    assertThat(all).doesNotHaveDuplicates();
  }

  private static List<String> types(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toList());
    }
  }
}
