// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

public record CredentialPolicyStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        Long observedGeneration,
    @JsonPropertyDescription("How many identities the policy matches.") Integer identities,
    @JsonPropertyDescription("How many of them break a rule of it.") Integer violations,
    @JsonPropertyDescription(
            "For each section of the policy, how many of these identities it decides for, and for how many another policy does.")
        @Size(max = 16)
        List<SectionStatus> sections,
    @JsonPropertyDescription(
            "What no identity claims in the namespaces where this policy asks for discovery. Left out where it does not ask.")
        UnclaimedStatus unclaimed,
    @JsonPropertyDescription(
            "Ready: whether every rule can be applied. DiscoveryComplete: whether everything could be looked at, where the policy asks for discovery.")
        @Size(max = 8)
        List<Condition> conditions) {

  /// A list that was left out is read back as an empty one, and is the same.
  public CredentialPolicyStatus {
    sections = sections == null || sections.isEmpty() ? null : sections;
  }

  public record SectionStatus(
      @JsonPropertyDescription("The section: owner, rotation, …") @Required @Size(max = 16)
          String name,
      @JsonPropertyDescription(
              "How many identities the policy decides this section for; under Audit, would decide.")
          @Required
          Integer identities,
      @JsonPropertyDescription(
              "How many of the matching identities have this section from another policy. Absent where there are none.")
          Integer hidden,
      @JsonPropertyDescription("The policies that decide the section there. At most 8.")
          @Size(max = 8)
          List<@Size(max = 253) String> hiddenBy) {
    public SectionStatus {
      hiddenBy = hiddenBy == null || hiddenBy.isEmpty() ? null : hiddenBy;
    }
  }

  public record UnclaimedStatus(
      @JsonPropertyDescription("ServiceAccounts.") Integer serviceAccounts,
      @JsonPropertyDescription("Secrets with a token of a ServiceAccount that never ends.")
          Integer tokenSecrets,
      @JsonPropertyDescription(
              "Secrets that look like credentials, by their type or the words of their name.")
          Integer secrets,
      @JsonPropertyDescription("cert-manager Certificates.") Integer certificates,
      @JsonPropertyDescription(
              "Secrets that something else has made and looks after, like a Certificate or External Secrets. Not among the others.")
          Integer attributed,
      @JsonPropertyDescription(
              "What the default exclusions cover: accounts of Kubernetes, and all that is in system namespaces. Not among the others.")
          Integer excluded,
      @JsonPropertyDescription(
              "Identities that were written for accounts (`discovery: {mode: Register}`) and wait for somebody to adopt them.")
          Integer discovered,
      @JsonPropertyDescription(
              "The first of them, each as `ServiceAccount sales/crm: why`. At most 32.")
          @Size(max = 32)
          List<@Size(max = 512) String> names,
      @JsonPropertyDescription(
              "What could not be looked at, so that there may be more. Left out where everything could.")
          @Size(max = 1024)
          String partial) {}
}
