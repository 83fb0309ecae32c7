// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/// An answer as a newer API server might give it: every object has fields that nobody knows yet,
/// and every identity a type of tomorrow.
public final class Newer {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static byte[] of(byte[] body) {
    try {
      var answer = JSON.readTree(body);
      if (!answer.isObject()) {
        return body;
      }
      answer.path("items").forEach(Newer::change);
      change(answer);
      return JSON.writeValueAsBytes(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void change(JsonNode object) {
    add(object);
    for (var part : new String[] {"metadata", "spec", "status"}) {
      add(object.path(part));
    }
    if (object.path("spec").has("owner") && object.path("spec") instanceof ObjectNode spec) {
      spec.put("type", "Quantum");
    }
  }

  private static void add(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.putObject("fromTomorrow").putArray("list").add(1).add("two");
    }
  }

  private Newer() {}
}
