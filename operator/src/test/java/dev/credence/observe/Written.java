// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Objects as a test writes them, in YAML, with nothing filled in.
public final class Written {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final KubernetesSerialization OBJECTS = new KubernetesSerialization(MAPPER, false);

  public static JsonNode tree(String yaml) {
    return MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
  }

  public static <T> T as(Class<T> type, String yaml) {
    return OBJECTS.convertValue(tree(yaml), type);
  }

  private Written() {}
}
