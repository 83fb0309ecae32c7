// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.schema.Crd;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InstalledSchemasTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "dev.credence.v1alpha1.";

  /// As the API server publishes the CRDs of this version.
  private static ObjectNode document() {
    var document = JSON.createObjectNode();
    var schemas = document.putObject("components").putObject("schemas");
    Crd.all().forEach(crd -> schemas.set(PREFIX + crd.kind(), crd.tree()));
    return document;
  }

  private static ObjectNode without(Consumer<ObjectNode> change) {
    var document = document();
    change.accept((ObjectNode) document.at("/components/schemas/" + PREFIX + "MachineIdentity"));
    return document;
  }

  @Test
  void the_crds_of_this_version_declare_every_field() {
    var known = InstalledSchemas.known();
    for (var crd : Crd.all()) {
      var declared = new TreeSet<String>();
      crd.walk(
          (path, schema) -> {
            var plain = path.replace("[]", "");
            if (plain.startsWith("spec") || plain.startsWith("status")) {
              declared.add(plain);
            }
          });
      assertThat(known.get(crd.kind())).as(crd.kind()).isEqualTo(declared);
    }
    assertThat(InstalledSchemas.missing(document()).get("MachineIdentity")).isEmpty();
    assertThat(InstalledSchemas.missing(document()).get("CredentialPolicy")).isEmpty();
  }

  @Test
  void a_field_that_an_older_crd_does_not_declare_is_named_without_those_below_it() {
    var older =
        without(
            schema -> {
              ((ObjectNode) schema.at("/properties/status/properties")).remove("usage");
              ((ObjectNode) schema.at("/properties/status/properties/credentials/items/properties"))
                  .remove("rotation");
              ((ObjectNode) schema.at("/properties/spec/properties")).remove("selector");
            });
    assertThat(InstalledSchemas.missing(older).get("MachineIdentity"))
        .containsExactly("spec.selector", "status.credentials.rotation", "status.usage");
  }

  @Test
  void a_newer_crd_lacks_nothing() {
    var newer =
        without(
            schema ->
                ((ObjectNode) schema.at("/properties/status/properties"))
                    .putObject("ofTomorrow")
                    .put("type", "string"));
    assertThat(InstalledSchemas.missing(newer).get("MachineIdentity")).isEmpty();
  }

  @Test
  void a_schema_that_keeps_unknown_fields_lacks_nothing() {
    var open =
        without(
            schema -> {
              var status = (ObjectNode) schema.at("/properties/status");
              status.remove("properties");
              status.put("x-kubernetes-preserve-unknown-fields", true);
            });
    assertThat(InstalledSchemas.missing(open).get("MachineIdentity")).isEmpty();
  }
}
