// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// One non-human actor: an application, a pipeline, a bot, an AI agent.
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("mid")
@Categories("credence")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING,
    getDescription = "Whether the identity complies with its policies")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = Type.STRING,
    getDescription = "The reason of the condition Ready")
@AdditionalPrinterColumn(
    name = "Owner",
    jsonPath = ".status.owner.contact",
    type = Type.STRING,
    getDescription = "The contact of the owner")
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.state",
    type = Type.STRING,
    getDescription = "The state of the identity")
@AdditionalPrinterColumn(
    name = "Risk",
    jsonPath = ".status.risk.level",
    type = Type.STRING,
    getDescription = "The highest severity of the risk findings about its ServiceAccounts")
@AdditionalPrinterColumn(
    name = "Next-Action",
    jsonPath = ".status.nextActionTime",
    type = Type.STRING,
    getDescription = "When the next scheduled action of the operator is due")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = Type.DATE,
    getDescription = "How long the identity has existed")
@AdditionalPrinterColumn(
    name = "Type",
    jsonPath = ".status.type",
    priority = 1,
    type = Type.STRING,
    getDescription = "The type of actor")
@AdditionalPrinterColumn(
    name = "Policies",
    jsonPath = ".status.policies[*].name",
    priority = 1,
    type = Type.STRING,
    getDescription = "The policies that apply")
@AdditionalPrinterColumn(
    name = "Expires",
    jsonPath = ".status.expirationTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "When the identity expires")
@AdditionalPrinterColumn(
    name = "Last-Used",
    jsonPath = ".status.usage.lastUsedTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "The last day on which the operator observed a use")
@AdditionalPrinterColumn(
    name = "Review-Due",
    jsonPath = ".status.review.dueTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "When the next review is due")
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
    priority = 1,
    type = Type.STRING,
    getDescription = "The message of the condition Ready")
public class MachineIdentity extends CustomResource<MachineIdentitySpec, MachineIdentityStatus>
    implements Namespaced {

  @Override
  @JsonPropertyDescription("The identity: its owner, its purpose, its lifetime and its members.")
  public MachineIdentitySpec getSpec() {
    return super.getSpec();
  }

  @Override
  @JsonPropertyDescription(
      "The observed state of the identity. Only the operator writes it, and only when it changes.")
  public MachineIdentityStatus getStatus() {
    return super.getStatus();
  }
}
