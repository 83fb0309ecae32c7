// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(
    value = "!has(self.provision) || size(self.name) <= 189",
    message =
        "the name of a ServiceAccount with `provision` must have at most 189 characters: a longer one could not be suspended")
public record ServiceAccountMember(
    @JsonPropertyDescription("The name of a ServiceAccount of this namespace.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name,
    @JsonPropertyDescription(
            "The operator creates and owns the ServiceAccount. Without `provision` the ServiceAccount must exist. The operator never adopts an existing ServiceAccount.")
        Provision provision) {

  public record Provision(
      @JsonPropertyDescription(
              "Whether pods that use the ServiceAccount get its token mounted by default.")
          @Default("false")
          Boolean automountServiceAccountToken) {}
}
