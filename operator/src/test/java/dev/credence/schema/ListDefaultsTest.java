// SPDX-License-Identifier: Apache-2.0
package dev.credence.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A default that the API server fills in inside an item of an atomic list is a difference to Git
/// for ever: server-side apply owns such a list as a whole, and Argo CD would sync without end.
/// Lists with keys (`x-kubernetes-list-type: map`) are compared item by item.
class ListDefaultsTest {
  static Stream<Crd> crds() {
    return Crd.all().stream();
  }

  @ParameterizedTest
  @MethodSource("crds")
  void no_item_of_an_atomic_list_has_a_default(Crd crd) {
    crd.walk(
        (path, schema) -> {
          if (!path.startsWith("status")) {
            assertThat(defaultsInAtomicItems(schema)).as(path).isEmpty();
          }
        });
  }

  @Test
  void one_that_has_is_found() {
    var schema =
        Serialization.unmarshal(
            """
            ---
            type: array
            items: {type: object, properties: {format: {type: object, properties: {of: {type: string, default: Hex}}}}}
            """,
            JSONSchemaProps.class);
    assertThat(defaultsInAtomicItems(schema)).containsExactly("format.of");
    schema.setXKubernetesListType("map");
    assertThat(defaultsInAtomicItems(schema)).isEmpty();
  }

  /// What has a default inside the items of this list, if it is an atomic one.
  private static List<String> defaultsInAtomicItems(JSONSchemaProps list) {
    var type = list.getXKubernetesListType();
    return list.getItems() != null && (type == null || type.equals("atomic"))
        ? defaults("", list.getItems().getSchema()).toList()
        : List.of();
  }

  private static Stream<String> defaults(String path, JSONSchemaProps schema) {
    var own = schema.getDefault() == null ? Stream.<String>of() : Stream.of(path);
    var items =
        schema.getItems() == null
            ? Stream.<String>of()
            : defaults(path + "[]", schema.getItems().getSchema());
    var properties =
        Stream.ofNullable(schema.getProperties())
            .flatMap(all -> all.entrySet().stream())
            .flatMap(
                entry ->
                    defaults(
                        path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                        entry.getValue()));
    return Stream.of(own, items, properties).flatMap(found -> found);
  }
}
