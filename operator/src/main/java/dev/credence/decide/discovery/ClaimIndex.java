// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.discovery;

import dev.credence.facts.discovery.Inventory;
import dev.credence.facts.discovery.Inventory.Claimant;
import dev.credence.facts.discovery.Inventory.Item;
import dev.credence.facts.discovery.Inventory.Nature;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds out whether an identity claims an object. Only identities of its own namespace do: by
/// name, by selector, or since it was created for one. A token is claimed with its account, the
/// Secret of a Certificate with that.
///
/// A label alone is no claim: any user may write one.
final class ClaimIndex {
  private record Named(String namespace, ObjectRef subject) {}

  private final Set<Named> named = new HashSet<>();
  private final Map<String, List<Selector>> selectors = new HashMap<>();
  private final Set<Named> accounts = new HashSet<>();

  ClaimIndex(Inventory inventory) {
    for (var claimant : inventory.claimants()) {
      claim(claimant);
    }
    for (var item : inventory.items()) {
      if (item.nature() instanceof Nature.Account && isListed(item)) {
        accounts.add(new Named(item.namespace(), item.subject()));
      }
    }
  }

  private void claim(Claimant claimant) {
    claimant.names().forEach(subject -> named.add(new Named(claimant.namespace(), subject)));
    claimant
        .selector()
        .ifPresent(
            selector ->
                selectors.merge(claimant.namespace(), List.of(selector), ClaimIndex::concatenated));
  }

  private static List<Selector> concatenated(List<Selector> some, List<Selector> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  boolean have(Item item) {
    return isListed(item)
        || (item.nature() instanceof Nature.Token(var account)
            && accounts.contains(new Named(item.namespace(), ObjectRef.account(account))));
  }

  private boolean isListed(Item item) {
    return item.ofIdentity()
        || named.contains(new Named(item.namespace(), item.subject()))
        || selectors.getOrDefault(item.namespace(), List.of()).stream()
            .anyMatch(selector -> selector.selects(item.subject(), item.labels()));
  }
}
