// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.usage;

import dev.credence.facts.object.ObjectRef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/// The usage of the ServiceAccounts and Secrets of a namespace, as it was listed.
///
/// `ran`: the last day, in UTC, on which there was a pod with one of them, as far as pods are still
/// there: today for one that has not ended, the day of its start for one that has. `setUp`: what
/// names one of them, whether it is at work or not. `problems`: what could not be listed, a
/// sentence each.
public record UsageListing(
    Map<ObjectRef, LocalDate> ran, List<SetUp> setUp, List<String> problems) {
  public static final UsageListing NONE = new UsageListing(Map.of(), List.of(), List.of());

  public UsageListing {
    ran = Map.copyOf(ran);
    setUp = List.copyOf(setUp);
    problems = List.copyOf(problems);
  }

  /// `kind` and `name` of what is set up to use `what`: a pod template's owner, an Ingress, a
  /// Gateway, or a ServiceAccount with image pull secrets.
  public record SetUp(ObjectRef what, String kind, String name) implements Comparable<SetUp> {
    @Override
    public int compareTo(SetUp other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return kind + " " + name + " names " + what;
    }
  }
}
