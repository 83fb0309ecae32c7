// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.api.Api;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicyStatus;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.SuspensionListSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Compares the fields that this operator knows with the CRDs that are installed. It reads the
/// OpenAPI document of the API server, which every authenticated account may read.
///
/// An operator that is newer than its CRDs could otherwise write no status that contains a new
/// field, since the API server rejects the whole of it.
public final class InstalledSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEX = "/openapi/v3";
  private static final String GROUP = "apis/" + Api.GROUP + "/" + Api.VERSION;

  private static final Map<String, Map<String, Class<?>>> KINDS =
      Map.of(
          "MachineIdentity",
          Map.of("spec", MachineIdentitySpec.class, "status", MachineIdentityStatus.class),
          "CredentialPolicy",
          Map.of("spec", CredentialPolicySpec.class, "status", CredentialPolicyStatus.class),
          "SuspensionList",
          Map.of("spec", SuspensionListSpec.class));

  private final KubernetesClient client;
  private String version = "";
  private Optional<Map<String, SortedSet<String>>> missing = Optional.empty();

  public InstalledSchemas(KubernetesClient client) {
    this.client = client;
  }

  /// By kind the fields that the CRD does not declare, as `status.credentials.rotation`; empty
  /// where the document cannot be read. The document is read again when it has changed.
  public Optional<Map<String, SortedSet<String>>> missing() {
    try {
      var url = JSON.readTree(read(INDEX)).path("paths").path(GROUP).path("serverRelativeURL");
      if (!url.asText().equals(version) || missing.isEmpty()) {
        missing =
            url.isMissingNode()
                ? Optional.empty()
                : Optional.of(missing(JSON.readTree(read(url.asText()))));
        version = url.asText();
      }
      return missing;
    } catch (JsonProcessingException unreadable) {
      throw new KubernetesClientException("The OpenAPI document is not JSON", unreadable);
    }
  }

  private String read(String path) {
    return Optional.ofNullable(client.raw(path)).orElse("{}");
  }

  static Map<String, SortedSet<String>> missing(JsonNode document) {
    var found = new TreeMap<String, SortedSet<String>>();
    KINDS.forEach(
        (kind, parts) -> {
          var fields = new TreeSet<String>();
          var declared =
              document.at("/components/schemas/dev.credence." + Api.VERSION + "." + kind);
          parts.forEach(
              (part, type) -> missing(part, type, declared.at("/properties/" + part), fields));
          found.put(kind, fields);
        });
    return found;
  }

  /// Adds the path, or the fields below it, that the schema does not declare. Of a field that is
  /// missing, those below it are not named.
  private static void missing(String path, Type type, JsonNode schema, SortedSet<String> fields) {
    if (schema.isMissingNode()) {
      fields.add(path);
      return;
    }
    if (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      return;
    }
    switch (type) {
      case Class<?> of when of.isRecord() ->
          Stream.of(of.getRecordComponents())
              .forEach(
                  field ->
                      missing(
                          path + "." + field.getName(),
                          field.getGenericType(),
                          schema.path("properties").path(field.getName()),
                          fields));
      case ParameterizedType of ->
          missing(
              path,
              of.getActualTypeArguments()[of.getActualTypeArguments().length - 1],
              schema.has("items") ? schema.path("items") : schema.path("additionalProperties"),
              fields);
      default -> {}
    }
  }

  /// All fields that this operator knows, by kind.
  static Map<String, SortedSet<String>> known() {
    var all = new TreeMap<String, SortedSet<String>>();
    KINDS.forEach(
        (kind, parts) -> {
          var fields = new TreeSet<String>();
          parts.forEach((part, type) -> known(part, type, fields));
          all.put(kind, fields);
        });
    return all;
  }

  private static void known(String path, Type type, SortedSet<String> fields) {
    fields.add(path);
    switch (type) {
      case Class<?> of when of.isRecord() -> {
        for (RecordComponent field : of.getRecordComponents()) {
          known(path + "." + field.getName(), field.getGenericType(), fields);
        }
      }
      case ParameterizedType of ->
          known(path, of.getActualTypeArguments()[of.getActualTypeArguments().length - 1], fields);
      default -> {}
    }
  }
}
