// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

import dev.credence.facts.evidence.Networks.Network;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The networks from which a policy expects requests: blocks of addresses, and names that the
/// audit receiver gives to networks.
public record ExpectedNetworks(List<Network> blocks, Set<String> names) {
  public static final ExpectedNetworks NONE = new ExpectedNetworks(List.of(), Set.of());

  public ExpectedNetworks {
    blocks = List.copyOf(blocks);
    names = Set.copyOf(names);
  }

  /// A text that is no block is a name.
  public static ExpectedNetworks of(List<String> texts) {
    return new ExpectedNetworks(
        texts.stream().flatMap(text -> Network.of(text).stream()).toList(),
        texts.stream()
            .filter(text -> Network.of(text).isEmpty())
            .collect(Collectors.toUnmodifiableSet()));
  }

  public boolean isEmpty() {
    return blocks.isEmpty() && names.isEmpty();
  }

  /// `place`: a block of addresses as in `10.4.0.0/16`, or the name of a network. A block that
  /// is only partly expected is not.
  public boolean contain(String place) {
    return names.contains(place)
        || Network.of(place)
            .filter(block -> blocks.stream().anyMatch(expected -> expected.contains(block)))
            .isPresent();
  }
}
