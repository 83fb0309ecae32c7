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

/// How old, how long, how risky is too much: the rules for the identities that it selects.
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("credentialpolicies")
@ShortNames("credpol")
@Categories("credence")
@AdditionalPrinterColumn(
    name = "Priority",
    jsonPath = ".spec.priority",
    type = Type.INTEGER,
    getDescription = "For each section, the highest of the policies that have it decides")
@AdditionalPrinterColumn(
    name = "Enforcement",
    jsonPath = ".spec.enforcement",
    type = Type.STRING,
    getDescription = "Audit changes nothing and reports, Enforce applies")
@AdditionalPrinterColumn(
    name = "Identities",
    jsonPath = ".status.identities",
    type = Type.INTEGER,
    getDescription = "How many identities it matches")
@AdditionalPrinterColumn(
    name = "Violations",
    jsonPath = ".status.violations",
    type = Type.INTEGER,
    getDescription = "How many of them break a rule of it")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING,
    getDescription = "Whether every rule of it can be applied")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    priority = 1,
    type = Type.DATE,
    getDescription = "How long it has existed")
public class CredentialPolicy extends CustomResource<CredentialPolicySpec, CredentialPolicyStatus> {

  @Override
  @JsonPropertyDescription("Whom the policy is for and what it asks of them.")
  public CredentialPolicySpec getSpec() {
    return super.getSpec();
  }

  @Override
  @JsonPropertyDescription("How the policy is kept. Written by the operator alone.")
  public CredentialPolicyStatus getStatus() {
    return super.getStatus();
  }
}
