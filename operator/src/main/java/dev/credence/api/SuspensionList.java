// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/// A part of the list of suspended ServiceAccounts, by which the admission policies of the chart
/// deny their writes and new tokens. The operator writes it, in its own namespace; nobody else may.
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("suspensionlists")
public class SuspensionList extends CustomResource<SuspensionListSpec, Void> implements Namespaced {

  @Override
  @JsonPropertyDescription("The suspended accounts. Written by the operator alone.")
  public SuspensionListSpec getSpec() {
    return super.getSpec();
  }
}
