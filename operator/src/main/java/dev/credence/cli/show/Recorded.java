// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.usage.WorkloadFacts;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.util.List;
import java.util.Optional;

/// The records of a cluster about what Credence did to an object.
///
/// @param found whether the object exists
/// @param members the metadata of the object itself, or of the members that a workload uses
/// @param events those of Credence in the namespace
/// @param gaps what could not be read, or does not exist
record Recorded(
    Subject subject,
    boolean found,
    List<MachineIdentity> identities,
    List<Member> members,
    Optional<WorkloadFacts> workload,
    List<Event> events,
    List<String> gaps) {
  Recorded {
    identities = List.copyOf(identities);
    members = List.copyOf(members);
    events = List.copyOf(events);
    gaps = List.copyOf(gaps);
  }

  record Member(Subject.Kind kind, ObjectMeta meta) {
    String reference() {
      return kind + " " + meta.getName();
    }
  }
}
