// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.bench.gauge.Load;
import dev.credence.cluster.LocalCluster;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Somebody who turns objects into Secrets. All of them get the same tasks; this is what differs.
public interface Contender {
  String name();

  String version();

  /// What it is started with, as far as that is not its own default.
  List<String> flags();

  /// As the audit log calls it.
  String user();

  /// Brings what it needs into a cluster: once, before the first start.
  void install(LocalCluster cluster) throws IOException;

  /// Starts it, as a process of its own, and returns at once.
  Running start(LocalCluster cluster) throws IOException;

  /// The API server's path of the group and version of its objects.
  String root();

  /// What the kind of its objects is called in a path.
  String plural();

  /// The path of its objects in all namespaces.
  default String everywhere() {
    return root() + "/" + plural();
  }

  /// The path of its objects in one namespace.
  default String in(String namespace) {
    return root() + "/namespaces/" + namespace + "/" + plural();
  }

  /// What its objects in a namespace refer to.
  default void prepare(Load load, String namespace) {}

  /// An object, as JSON, that asks for one Secret of the same name.
  String object(String namespace, String name);

  /// Which value the object's status tells of; empty while it does not say that all is well.
  Optional<String> reported(JsonNode object);

  /// The label that all its Secrets have.
  String label();

  /// What differs between one value of a Secret and the next, in the Secret's metadata.
  String held(JsonNode secret);

  /// Asks for a new value.
  void renew(Load load, String namespace, String name);

  /// Whether a Secret goes when its object does.
  default boolean takesItsSecrets() {
    return true;
  }

  /// Whether a condition of an object is so.
  static boolean is(JsonNode object, String type, String status) {
    for (var condition : object.at("/status/conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path("status").asText().equals(status);
      }
    }
    return false;
  }

  static String annotation(JsonNode object, String key) {
    return object.path("metadata").path("annotations").path(key).asText();
  }
}
