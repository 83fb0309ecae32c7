// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

/// A request to the API server, as its authorizer sees it. `resource` includes the subresource, as
/// in `pods/exec`; an empty `namespace` is the cluster or every namespace; an empty `name` none.
public record Access(String verb, String group, String resource, String namespace, String name) {

  /// A request that is about no object in particular, or about all of a kind.
  public static Access to(String verb, String group, String resource, String namespace) {
    return new Access(verb, group, resource, namespace, "");
  }
}
