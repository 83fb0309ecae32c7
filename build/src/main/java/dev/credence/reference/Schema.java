// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.Form;
import dev.credence.api.MachineIdentity;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Parts of a CRD that the generator does not write: list-maps, messages instead of bare patterns,
/// bounds on maps, the description of the root, and the status before the first reconcile.
final class Schema {
  private static final Map<String, List<String>> LIST_MAPS =
      Map.of(
          "spec.serviceAccounts", List.of("name"),
          "spec.secrets", List.of("name"),
          "spec.secrets[].generate.keys", List.of("name"),
          "spec.certificates", List.of("name"),
          "status.credentials", List.of("name", "type"),
          "status.conditions", List.of("type"));

  private static final List<String> SETS = List.of("spec.match.types", "spec.lifetime.warnBefore");

  private static final Map<String, String> ABOUT =
      Map.of(
          "MachineIdentity",
          "MachineIdentity is one non-human actor (an application, a pipeline, a bot, an AI agent) with a human owner, a"
              + " purpose and an expiration, and the ServiceAccounts, Secrets and certificates that belong to it.",
          "CredentialPolicy",
          "CredentialPolicy sets rules for the credentials, the lifetime and the permissions of the identities that it matches."
              + " Policies compose by section. Under Audit the operator only reports violations.",
          "SuspensionList",
          "SuspensionList is a part of the list of suspended ServiceAccounts, by which the admission policies deny their writes"
              + " and new tokens. Only the operator writes it, in its own namespace; grant no user write access.");

  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "MachineIdentity",
          columns(MachineIdentity.class),
          "CredentialPolicy",
          columns(CredentialPolicy.class),
          "SuspensionList",
          List.of());

  private static final int LONGEST_NAME = 63;

  /// The entries of a SuspensionList: name, part of the UID and time.
  private static final String SUSPENDED = "spec.accounts";

  private static final long LONGEST_ENTRY = 128;

  static void polish(HasMetadata crd) {
    var spec = ((CustomResourceDefinition) crd).getSpec();
    var kind = spec.getNames().getKind();
    for (var version : spec.getVersions()) {
      var root = version.getSchema().getOpenAPIV3Schema();
      root.setDescription(ABOUT.get(kind));
      asDeclared(version.getAdditionalPrinterColumns(), COLUMNS.get(kind));
      walk("", root);
      if (kind.equals("MachineIdentity")) {
        root.setXKubernetesValidations(
            List.of(
                new ValidationRuleBuilder()
                    .withRule("size(self.metadata.name) <= " + LONGEST_NAME)
                    .withMessage(
                        "the name must not be longer than 63 characters, since it becomes a label of the members")
                    .build()));
        require(root, "spec");
      }
      if (kind.equals("SuspensionList")) {
        require(root, "spec");
        root.getProperties().remove("status");
        version.setSubresources(null);
      } else {
        waiting(root.getProperties().get("status"));
      }
    }
  }

  private static List<String> columns(Class<?> resource) {
    return Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
        .map(AdditionalPrinterColumn::name)
        .toList();
  }

  /// Restores the order of the columns: the generator sorts them by path.
  private static void asDeclared(
      List<CustomResourceColumnDefinition> columns, List<String> declared) {
    columns.sort(Comparator.comparing(column -> declared.indexOf(column.getName())));
  }

  private static void walk(String path, JSONSchemaProps schema) {
    // The generator gives a time its format and no pattern.
    if (path.equals("spec.expirationTime")) {
      schema.setPattern(Form.TIME);
    }
    sayInsteadOfPattern(path, schema);
    // A rule on a record's component arrives twice, once from the field and once from the accessor.
    if (schema.getXKubernetesValidations() != null) {
      schema.setXKubernetesValidations(
          List.copyOf(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    }
    merge(path, schema);
    if (schema.getItems() != null) {
      walk(path + "[]", schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      if (path.equals(SUSPENDED)) {
        // One of a thousand managed fields for each entry would be as large as the entries.
        schema.setXKubernetesMapType("atomic");
        schema.getAdditionalProperties().getSchema().setMaxLength(LONGEST_ENTRY);
        schema.getAdditionalProperties().getSchema().setPattern("^[ -~]*$");
      } else {
        schema.setMaxProperties(16L);
      }
      walk(path + "{}", schema.getAdditionalProperties().getSchema());
    }
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach((name, property) -> walk(path.isEmpty() ? name : path + "." + name, property));
    }
  }

  /// Sets how the API server merges lists and objects.
  private static void merge(String path, JSONSchemaProps schema) {
    var keys = LIST_MAPS.get(path);
    // A policy has rules under names that an identity has lists under.
    if (keys != null && "array".equals(schema.getType())) {
      schema.setXKubernetesListType("map");
      schema.setXKubernetesListMapKeys(keys);
      require(schema.getItems().getSchema(), keys.toArray(String[]::new));
    } else if (SETS.contains(path)) {
      schema.setXKubernetesListType("set");
    } else if ("array".equals(schema.getType())) {
      schema.setXKubernetesListType("atomic");
    }
    // Only the operator writes a status. As one value it needs no record of who wrote which of its
    // fields, which the API server would go through at every write.
    if (path.equals("status")) {
      schema.setXKubernetesMapType("atomic");
    }
  }

  private static void sayInsteadOfPattern(String path, JSONSchemaProps schema) {
    var pattern = schema.getPattern();
    if (pattern == null || !Form.SAYS.containsKey(pattern)) {
      return;
    }
    schema.setPattern(null);
    // A status repeats what the spec's rules admitted, and each rule costs at every write of it.
    if (path.startsWith("status")) {
      return;
    }
    var rules = new ArrayList<>(schema.getXKubernetesValidations());
    rules.add(
        new ValidationRuleBuilder()
            .withRule("self.matches(r'" + pattern + "')")
            .withMessage(Form.SAYS.get(pattern))
            .build());
    schema.setXKubernetesValidations(rules);
  }

  private static void require(JSONSchemaProps schema, String... names) {
    var required = new TreeSet<>(schema.getRequired());
    required.addAll(List.of(names));
    schema.setRequired(List.copyOf(required));
  }

  /// The API server fills this in at the first read, so nothing is green before the operator has
  /// looked.
  private static void waiting(JSONSchemaProps status) {
    var json = JsonNodeFactory.instance;
    var ready =
        json.objectNode()
            .put("type", "Ready")
            .put("status", "Unknown")
            .put("reason", "Pending")
            .put("message", "Waiting for the first reconcile.")
            .put("lastTransitionTime", "1970-01-01T00:00:00Z");
    var value = json.objectNode().put("observedGeneration", -1);
    value.set("conditions", json.arrayNode().add(ready));
    status.setDefault(new ObjectMapper().valueToTree(value));
  }

  private Schema() {}
}
