// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import dev.credence.facts.discovery.Inventory;
import dev.credence.facts.discovery.Inventory.Found;
import dev.credence.facts.discovery.Inventory.Item;
import dev.credence.facts.discovery.Inventory.Nature;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.Section;
import dev.credence.plan.Unclaimed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Finds the objects that no identity claims in the namespaces of policies that ask for discovery.
/// `gaps` says which objects could not be listed, so that a smaller number is never mistaken for a
/// better one.
///
/// Of the policies that enforce, match a namespace and have the section `discovery`, the one with
/// the highest priority decides, then the first by name. Where none of them asks, the first policy
/// that audits gets the report. Which identities a policy selects does not matter here, since
/// none of these objects is one.
///
/// `found` is sorted by namespace, kind and name; `tallies` are by the policy's name.
public record Discovery(List<Unclaimed> found, Map<String, Tally> tallies, List<String> gaps) {
  public static final Discovery NOTHING = new Discovery(List.of(), Map.of(), List.of());

  private static final Comparator<Unclaimed> ORDER =
      Comparator.comparing(Unclaimed::namespace)
          .thenComparing(Unclaimed::kind)
          .thenComparing(Unclaimed::name);

  public Discovery {
    found = List.copyOf(found);
    tallies = Map.copyOf(tallies);
    gaps = List.copyOf(gaps);
  }

  /// The counts for one policy. `attributed`: Secrets that are managed by something else;
  /// `excluded`: objects of the default exclusions; `discovered`: identities that were registered
  /// for accounts and are not adopted yet.
  public record Tally(
      Map<Unclaimed.Kind, Integer> unclaimed, int attributed, int excluded, int discovered) {
    public Tally {
      unclaimed = Map.copyOf(unclaimed);
    }

    public int of(Unclaimed.Kind kind) {
      return unclaimed.getOrDefault(kind, 0);
    }

    public int total() {
      return unclaimed.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /// The policy that has this namespace searched.
  public static Optional<Policy> asking(Inventory inventory, String namespace) {
    return Optional.ofNullable(inventory.namespaces().get(namespace))
        .filter(namespaceFacts -> !namespaceFacts.leaving())
        .flatMap(namespaceFacts -> asking(inventory.policies(), namespaceFacts));
  }

  private static Optional<Policy> asking(List<Policy> policies, NamespaceFacts namespaceFacts) {
    var matching =
        policies.stream()
            .filter(policy -> policy.sections().has(Section.Discovery))
            .filter(policy -> policy.namespaces().matches(namespaceFacts.labels()))
            .sorted(Policy.DECIDES_FIRST)
            .toList();
    return matching.stream()
        .filter(Policy::enforces)
        .findFirst()
        .filter(Discovery::asks)
        .or(() -> matching.stream().filter(policy -> !policy.enforces()).findFirst())
        .filter(Discovery::asks);
  }

  private static boolean asks(Policy policy) {
    return policy
        .sections()
        .discovery()
        .filter(mode -> mode != PolicySections.Discovery.Disabled)
        .isPresent();
  }

  /// Whether the policy asks for an identity for each unclaimed account. Under Audit such accounts
  /// are only reported.
  public static boolean registers(Policy policy) {
    return policy.enforces()
        && policy
            .sections()
            .discovery()
            .filter(mode -> mode == PolicySections.Discovery.Register)
            .isPresent();
  }

  public static Discovery of(Inventory inventory) {
    return new Search(inventory).all();
  }

  /// Those that one policy asks for.
  public List<Unclaimed> of(String policy) {
    return found.stream().filter(one -> one.policy().equals(policy)).toList();
  }

  private static final class Search {
    private final Inventory inventory;
    private final ClaimIndex claims;
    private final Map<String, Optional<Policy>> asking = new HashMap<>();
    private final Set<String> ofCertificates = new HashSet<>();
    private final Map<String, Counts> counts = new TreeMap<>();
    private final List<Unclaimed> found = new ArrayList<>();

    Search(Inventory inventory) {
      this.inventory = inventory;
      this.claims = new ClaimIndex(inventory);
      for (var item : inventory.items()) {
        if (item.nature() instanceof Nature.Certificate(var secret)) {
          secret.ifPresent(name -> ofCertificates.add(item.namespace() + "/" + name));
        }
      }
    }

    Discovery all() {
      for (var policy : inventory.policies()) {
        if (asks(policy)) {
          counts.put(policy.name(), new Counts());
        }
      }
      inventory.items().forEach(this::add);
      inventory.claimants().stream()
          .filter(one -> one.found() == Found.Untouched || one.found() == Found.Touched)
          .forEach(one -> asked(one.namespace()).ifPresent(count -> count.discovered++));
      var tallies = new TreeMap<String, Tally>();
      counts.forEach((policy, count) -> tallies.put(policy, count.tally()));
      found.sort(ORDER);
      return new Discovery(found, tallies, inventory.gaps());
    }

    private Optional<Policy> policy(String namespace) {
      return asking.computeIfAbsent(namespace, name -> asking(inventory, name));
    }

    private Optional<Counts> asked(String namespace) {
      return policy(namespace).map(Policy::name).map(counts::get);
    }

    private void add(Item item) {
      var policy = policy(item.namespace());
      if (policy.isEmpty() || item.leaving()) {
        return;
      }
      var count = asked(item.namespace()).orElseThrow();
      if (inventory.excluded().covers(item)) {
        count.excluded++;
      } else if (claims.have(item)) {
        return;
      } else if (isAttributed(item)) {
        count.attributed++;
      } else {
        CredentialHeuristics.of(item)
            .map(
                why ->
                    new Unclaimed(
                        kind(item),
                        item.namespace(),
                        item.name(),
                        item.uid(),
                        why,
                        policy.get().name()))
            .ifPresent(
                one -> {
                  found.add(one);
                  count.unclaimed.merge(one.kind(), 1, Integer::sum);
                });
      }
    }

    /// The Secret of a Certificate is counted once, as the Certificate.
    private boolean isAttributed(Item item) {
      return item.nature() instanceof Nature.Stored stored
          && (stored.manager().isPresent()
              || ofCertificates.contains(item.namespace() + "/" + item.name()));
    }

    private static Unclaimed.Kind kind(Item item) {
      return switch (item.nature()) {
        case Nature.Account _ -> Unclaimed.Kind.ServiceAccount;
        case Nature.Token _ -> Unclaimed.Kind.TokenSecret;
        case Nature.Stored _ -> Unclaimed.Kind.Secret;
        case Nature.Certificate _ -> Unclaimed.Kind.Certificate;
      };
    }
  }

  private static final class Counts {
    private final Map<Unclaimed.Kind, Integer> unclaimed = new EnumMap<>(Unclaimed.Kind.class);
    private int attributed;
    private int excluded;
    private int discovered;

    Tally tally() {
      return new Tally(unclaimed, attributed, excluded, discovered);
    }
  }
}
