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
    name = "Type",
    jsonPath = ".status.type",
    type = Type.STRING,
    getDescription = "What kind of actor it is")
@AdditionalPrinterColumn(
    name = "Owner",
    jsonPath = ".status.owner.contact",
    type = Type.STRING,
    getDescription = "The person to call")
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.state",
    type = Type.STRING,
    getDescription = "Where it is in its life")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = Type.STRING,
    getDescription = "Whether it is as its policy wants it")
@AdditionalPrinterColumn(
    name = "Risk",
    jsonPath = ".status.risk.level",
    type = Type.STRING,
    getDescription = "The worst of what its accounts may do")
@AdditionalPrinterColumn(
    name = "Next",
    jsonPath = ".status.nextActionTime",
    type = Type.STRING,
    getDescription = "When the operator has something to do by itself")
@AdditionalPrinterColumn(
    name = "Policy",
    jsonPath = ".status.policies[*].name",
    priority = 1,
    type = Type.STRING,
    getDescription = "The policies that match")
@AdditionalPrinterColumn(
    name = "Expires",
    jsonPath = ".status.expirationTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "When it ends")
@AdditionalPrinterColumn(
    name = "Last-Used",
    jsonPath = ".status.usage.lastUsedTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "The last day on which it was seen at work")
@AdditionalPrinterColumn(
    name = "Review-Due",
    jsonPath = ".status.review.dueTime",
    priority = 1,
    type = Type.STRING,
    getDescription = "When somebody must confirm that it is still needed")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    priority = 1,
    type = Type.DATE,
    getDescription = "How long it has existed")
public class MachineIdentity extends CustomResource<MachineIdentitySpec, MachineIdentityStatus>
    implements Namespaced {

  @Override
  @JsonPropertyDescription("What the identity is, who answers for it and what belongs to it.")
  public MachineIdentitySpec getSpec() {
    return super.getSpec();
  }

  @Override
  @JsonPropertyDescription(
      "What the operator found and did. Written by the operator alone, and only when it changed.")
  public MachineIdentityStatus getStatus() {
    return super.getStatus();
  }
}
