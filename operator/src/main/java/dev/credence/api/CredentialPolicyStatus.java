package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

public record CredentialPolicyStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        Long observedGeneration,
    @JsonPropertyDescription("How many identities the policy decides about.") Integer identities,
    @JsonPropertyDescription("How many of them break a rule of it.") Integer violations,
    @JsonPropertyDescription("Ready: whether every rule can be applied.") @Size(max = 8)
        List<Condition> conditions) {}
