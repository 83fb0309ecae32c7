// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.api.SuspensionList;
import dev.credence.facts.object.ObjectRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A memory that can be looked at.
final class Remembered implements Memory {
  final List<HasMetadata> wrote = new ArrayList<>();
  final List<ObjectMeta> marked = new ArrayList<>();
  final List<String> restarted = new ArrayList<>();
  final Map<String, SuspensionList> lists = new TreeMap<>();
  int mostSuspended = 10_000;

  @Override
  public void wrote(HasMetadata object) {
    wrote.add(object);
    if (object instanceof SuspensionList list) {
      lists.put(list.getMetadata().getName(), list);
    }
  }

  @Override
  public void marked(String namespace, ObjectRef subject, ObjectMeta metadata) {
    marked.add(metadata);
  }

  @Override
  public void restarted(String namespace) {
    restarted.add(namespace);
  }

  @Override
  public List<SuspensionList> suspensionLists() {
    return List.copyOf(lists.values());
  }

  @Override
  public int mostSuspended() {
    return mostSuspended;
  }

  @Override
  public void removed(SuspensionList list) {
    lists.remove(list.getMetadata().getName());
  }
}
