// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.api.MachineIdentity;
import dev.credence.client.Clients;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Optional;

/// The cluster that a command is about. `namespace`: the one that was asked for, or that of the
/// context. `context`: its name in the kubeconfig, if there is one.
public record Connection(Clients clients, String namespace, Optional<String> context)
    implements AutoCloseable {

  public KubernetesClient client() {
    return clients.full();
  }

  public KubernetesClient metadata() {
    return clients.metadata();
  }

  String server() {
    return client().getMasterUrl().toString();
  }

  /// For a header: the context and the address.
  public String described() {
    return context.map(name -> name + " at " + server()).orElseGet(this::server);
  }

  public Resource<MachineIdentity> resource(Name name) {
    return client()
        .resources(MachineIdentity.class)
        .inNamespace(name.namespace())
        .withName(name.name());
  }

  public MachineIdentity identity(Name name) {
    return Optional.ofNullable(resource(name).get())
        .orElseThrow(
            () ->
                new Failed(
                    "MachineIdentity "
                        + name.name()
                        + " does not exist in namespace "
                        + name.namespace()
                        + "."));
  }

  /// `crm` in the namespace of this connection, or `sales/crm`.
  public Name name(String written) {
    var slash = written.indexOf('/');
    return slash < 0
        ? new Name(namespace, written)
        : new Name(written.substring(0, slash), written.substring(slash + 1));
  }

  public record Name(String namespace, String name) {
    @Override
    public String toString() {
      return namespace + "/" + name;
    }
  }

  /// The user name, as the API server knows it.
  public String user() {
    return client()
        .resource(new SelfSubjectReview())
        .create()
        .getStatus()
        .getUserInfo()
        .getUsername();
  }

  /// Whether we may do this, as the API server knows it.
  public boolean may(ResourceAttributes about) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withResourceAttributes(about)
            .endSpec()
            .build();
    return Boolean.TRUE.equals(client().resource(review).create().getStatus().getAllowed());
  }

  @Override
  public void close() {
    clients.close();
  }
}
