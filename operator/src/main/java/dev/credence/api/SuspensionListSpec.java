// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record SuspensionListSpec(
    @JsonPropertyDescription(
            "Changes with each write. With a dry-run request the operator verifies that the admission policies use this revision.")
        @Size(max = 63)
        @Nullable String revision,
    @JsonPropertyDescription(
            "One entry for each suspended ServiceAccount: the key is NAMESPACE.NAME, the value is the MachineIdentity, the first 8 characters of its UID and the time of the suspension.")
        @Nullable Map<String, String> accounts,
    @JsonPropertyDescription(
            "Only set in the dry-run request of the operator, which the API server never stores.")
        @Nullable Probe probe) {

  /// `policy`: which admission policy is to answer.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Probe(
      @JsonPropertyDescription(
              "The ValidatingAdmissionPolicy that must reject the dry-run request.")
          @Required
          @Size(max = 63)
          String policy,
      @JsonPropertyDescription("The SuspensionList that the policy must have read.")
          @Required
          @Size(max = 253)
          String list,
      @JsonPropertyDescription("The revision of that SuspensionList.") @Required @Size(max = 63)
          String revision) {}
}
