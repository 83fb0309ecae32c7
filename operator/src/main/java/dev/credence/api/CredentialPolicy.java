// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// Rules for the credentials, lifetime and permissions of the identities that it selects.
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("credentialpolicies")
@ShortNames("credpol")
@Categories("credence")
@AdditionalPrinterColumn(
    name = "Priority",
    jsonPath = ".spec.priority",
    type = Type.INTEGER,
    getDescription = "For each section, the matching policy with the highest priority decides")
@AdditionalPrinterColumn(
    name = "Enforcement",
    jsonPath = ".spec.enforcement",
    type = Type.STRING,
    getDescription = "Audit only reports violations, Enforce applies the rules")
@AdditionalPrinterColumn(
    name = "Identities",
    jsonPath = ".status.identities",
    type = Type.INTEGER,
    getDescription = "The number of identities that the policy matches")
@AdditionalPrinterColumn(
    name = "Violations",
    jsonPath = ".status.violations",
    type = Type.INTEGER,
    getDescription = "The number of matching identities that violate the policy")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING,
    getDescription = "Whether the operator can apply every rule of the policy")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    priority = 1,
    type = Type.DATE,
    getDescription = "How long the policy has existed")
public class CredentialPolicy extends CustomResource<CredentialPolicySpec, CredentialPolicyStatus> {

  @Override
  @JsonPropertyDescription("The identities that the policy selects, and its rules for them.")
  public CredentialPolicySpec getSpec() {
    return super.getSpec();
  }

  @Override
  @JsonPropertyDescription(
      "The observed state: matching identities, violations and conditions. Only the operator writes it.")
  public CredentialPolicyStatus getStatus() {
    return super.getStatus();
  }
}
