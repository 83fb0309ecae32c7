// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/// A part of the list of suspended ServiceAccounts. By this list the admission policies of the
/// chart deny their writes and new tokens. Only the operator may write it, in its own namespace.
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("suspensionlists")
public class SuspensionList extends CustomResource<SuspensionListSpec, Void> implements Namespaced {

  @Override
  @JsonPropertyDescription("The suspended ServiceAccounts. Only the operator writes the list.")
  public SuspensionListSpec getSpec() {
    return super.getSpec();
  }
}
