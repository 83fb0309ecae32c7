// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.credence.api.CredentialPolicy;
import dev.credence.cli.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The CredentialPolicies of a YAML file. A field that the schema does not have is an error, as it
/// is for `kubectl apply`.
final class PolicyFile {
  private static final String KIND = "CredentialPolicy";
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).registerModule(new JavaTimeModule());

  static List<CredentialPolicy> read(Path file) {
    var policies = new ArrayList<CredentialPolicy>();
    try (var in = Files.newInputStream(file);
        MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(in)) {
      while (documents.hasNextValue()) {
        var document = documents.nextValue();
        if (document != null && !document.isNull() && !document.isEmpty()) {
          policies.add(policy(file, document));
        }
      }
    } catch (JsonProcessingException wrong) {
      throw new Failed(file + ": " + wrong.getOriginalMessage());
    } catch (IOException | RuntimeException unreadable) {
      throw unreadable instanceof Failed failed
          ? failed
          : new Failed(file + " cannot be read: " + unreadable.getMessage());
    }
    return policies;
  }

  private static CredentialPolicy policy(Path file, JsonNode document)
      throws JsonProcessingException {
    var kind = document.path("kind").asText();
    if (!kind.equals(KIND)) {
      throw new Failed(
          file + " contains the kind '" + kind + "'. The command plans CredentialPolicies only.");
    }
    if (document.path("metadata").path("name").asText().isEmpty()) {
      throw new Failed(file + ": A CredentialPolicy has no `metadata.name`.");
    }
    return YAML.treeToValue(document, CredentialPolicy.class);
  }

  private PolicyFile() {}
}
