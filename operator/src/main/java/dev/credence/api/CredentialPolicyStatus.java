// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

public record CredentialPolicyStatus(
    @JsonPropertyDescription("The generation of the spec that this status describes.")
        Long observedGeneration,
    @JsonPropertyDescription("The number of identities that the policy matches.")
        Integer identities,
    @JsonPropertyDescription("The number of matching identities that violate the policy.")
        Integer violations,
    @JsonPropertyDescription(
            "For each section of the policy, the number of matching identities that it decides, and the number that another policy decides.")
        @Size(max = 16)
        List<SectionStatus> sections,
    @JsonPropertyDescription(
            "Objects that belong to no identity, in the namespaces that the policy selects. Absent if discovery is disabled.")
        UnclaimedStatus unclaimed,
    @JsonPropertyDescription(
            "Ready: whether the operator can apply every rule. DiscoveryComplete: whether discovery could read all objects; absent if discovery is disabled.")
        @Size(max = 8)
        List<Condition> conditions) {

  /// A list that was left out is read back as an empty one, and is the same.
  public CredentialPolicyStatus {
    sections = sections == null || sections.isEmpty() ? null : sections;
  }

  public record SectionStatus(
      @JsonPropertyDescription("The name of the section: owner, rotation, …")
          @Required
          @Size(max = 16)
          String name,
      @JsonPropertyDescription(
              "The number of identities for which the policy decides this section. Under Audit, those for which it would decide.")
          @Required
          Integer identities,
      @JsonPropertyDescription(
              "The number of matching identities for which another policy decides this section. Absent if there are none.")
          Integer hidden,
      @JsonPropertyDescription(
              "The policies that decide the section for those identities. At most 8.")
          @Size(max = 8)
          List<@Size(max = 253) String> hiddenBy) {
    public SectionStatus {
      hiddenBy = hiddenBy == null || hiddenBy.isEmpty() ? null : hiddenBy;
    }
  }

  public record UnclaimedStatus(
      @JsonPropertyDescription("The number of ServiceAccounts that no identity claims.")
          Integer serviceAccounts,
      @JsonPropertyDescription(
              "The number of Secrets with a ServiceAccount token that never expires.")
          Integer tokenSecrets,
      @JsonPropertyDescription(
              "The number of Secrets that look like credentials, by their type or by words in their name.")
          Integer secrets,
      @JsonPropertyDescription("The number of cert-manager Certificates that no identity claims.")
          Integer certificates,
      @JsonPropertyDescription(
              "The number of Secrets that another controller creates and manages, such as cert-manager or External Secrets. The other numbers do not include them.")
          Integer attributed,
      @JsonPropertyDescription(
              "The number of objects that the exclusions cover: ServiceAccounts of Kubernetes, and all objects in system namespaces. The other numbers do not include them.")
          Integer excluded,
      @JsonPropertyDescription(
              "The number of identities that the operator created for ServiceAccounts (`discovery: {mode: Register}`) and that no user has adopted yet.")
          Integer discovered,
      @JsonPropertyDescription(
              "The first unclaimed objects, each as `ServiceAccount sales/crm: why`. At most 32.")
          @Size(max = 32)
          List<@Size(max = 512) String> names,
      @JsonPropertyDescription(
              "What the operator could not read; there may be more unclaimed objects. Absent if it could read all.")
          @Size(max = 1024)
          String partial) {}
}
