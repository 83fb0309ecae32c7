// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

public record CredentialPolicyStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        Long observedGeneration,
    @JsonPropertyDescription("How many identities the policy decides about.") Integer identities,
    @JsonPropertyDescription("How many of them break a rule of it.") Integer violations,
    @JsonPropertyDescription(
            "What no identity claims in the namespaces where this policy asks for discovery. Left out where it does not ask.")
        UnclaimedStatus unclaimed,
    @JsonPropertyDescription(
            "Ready: whether every rule can be applied. DiscoveryComplete: whether everything could be looked at, where the policy asks for discovery.")
        @Size(max = 8)
        List<Condition> conditions) {

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
