// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.discovery;

import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.object.Selector;
import dev.credence.facts.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The objects that act or prove who acts, and the identities that claim them: the input of
/// discovery. Holds no secret value.
///
/// `namespaces`: the namespaces by name. `gaps`: sentences about what could not be listed.
public record Inventory(
    Map<String, NamespaceFacts> namespaces,
    List<Item> items,
    List<Claimant> claimants,
    List<Policy> policies,
    DefaultExclusions excluded,
    List<String> gaps) {

  public Inventory {
    namespaces = Map.copyOf(namespaces);
    items = List.copyOf(items);
    claimants = List.copyOf(claimants);
    policies = List.copyOf(policies);
    gaps = List.copyOf(gaps);
  }

  /// An account, a Secret or a Certificate. `ofIdentity`: it was made for a MachineIdentity.
  public record Item(
      String namespace,
      String name,
      String uid,
      Map<String, String> labels,
      Nature nature,
      boolean ofIdentity,
      boolean leaving) {

    public Item {
      labels = Map.copyOf(labels);
    }

    public ObjectRef subject() {
      return switch (nature) {
        case Nature.Account _ -> ObjectRef.account(name);
        case Nature.Token _, Nature.Stored _ -> ObjectRef.secret(name);
        case Nature.Certificate _ -> ObjectRef.certificate(name);
      };
    }
  }

  public sealed interface Nature {
    /// a ServiceAccount
    record Account() implements Nature {}

    /// a Secret with a token of this ServiceAccount that never ends
    record Token(String account) implements Nature {}

    /// Any other Secret. `type`: empty where it is not known. `manager`: what else created and
    /// manages it, like `Certificate web`. `stated`: its owner says that it is a credential.
    record Stored(Optional<String> type, Optional<String> manager, boolean stated)
        implements Nature {}

    /// cert-manager's. `secret`: where it has the certificate put.
    record Certificate(Optional<String> secret) implements Nature {}
  }

  /// An identity by what it claims. `names`: what it lists; `selector`: what it links in addition.
  public record Claimant(
      String namespace,
      String name,
      Preconditions preconditions,
      Set<ObjectRef> names,
      Optional<Selector> selector,
      Found found,
      boolean leaving) {

    public Claimant {
      names = Set.copyOf(names);
    }
  }

  /// The origin of an identity.
  public enum Found {
    /// a user has written it
    Declared,
    /// Credence has, for an account that it found, and no user has changed it since
    Untouched,
    /// Credence has, and no user has adopted it yet; one has labelled or annotated it
    Touched,
    /// Credence has, and a user has adopted it since; the label is still on it
    Adopted
  }
}
