// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.Memory;
import dev.credence.act.request.Patches;
import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.raw.Metadata;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Writes the list of suspended accounts.
///
/// It is in several objects: each write stores a whole object, and each write of any ServiceAccount
/// is judged once for each object. [#MOST] keeps a write small and the objects few
/// (bench/results/suspended-accounts.txt). A new entry goes into the first object that has room; an
/// object that becomes empty is deleted. What other threads want changed while a write is under way
/// is written together by the next one.
final class ListWrites {
  /// Of the keys and values of one object, in bytes.
  static final int MOST = 128 * 1024;

  /// Bytes of an entry in addition to its key and value: quotes, colon and comma.
  private static final int AROUND = 6;

  private static final String NAME = "suspended-";
  private static final int REVISION = 13;
  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private final KubernetesClient client;
  private final String namespace;
  private final Memory memory;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final Queue<Waiting> queue = new ArrayDeque<>();

  /// Entries by key; empty: to be taken off.
  private static final class Waiting {
    private final Map<String, Optional<String>> changes;
    private boolean done;
    private boolean whole = true;
    private @Nullable RuntimeException failure;

    Waiting(Map<String, Optional<String>> changes) {
      this.changes = changes;
    }
  }

  /// `namespace`: the operator's own, where the list is.
  ListWrites(KubernetesClient client, String namespace, Memory memory) {
    this.client = client;
    this.namespace = namespace;
    this.memory = memory;
  }

  /// Returns when it is written: whether all of it is. What a namespace lists beyond its share is
  /// not.
  boolean write(Map<String, Optional<String>> changes) {
    var mine = new Waiting(changes);
    synchronized (queue) {
      queue.add(mine);
    }
    writing.lock();
    try {
      if (!mine.done) {
        writeAll(waiting());
      }
    } finally {
      writing.unlock();
    }
    var failure = mine.failure;
    if (failure != null) {
      throw failure;
    }
    return mine.whole;
  }

  private List<Waiting> waiting() {
    synchronized (queue) {
      var all = List.copyOf(queue);
      queue.clear();
      return all;
    }
  }

  private void writeAll(List<Waiting> all) {
    var merged = new TreeMap<String, Optional<String>>();
    all.forEach(one -> merged.putAll(one.changes));
    RuntimeException failure = null;
    var beyond = new HashSet<String>();
    try {
      beyond.addAll(apply(merged));
    } catch (RuntimeException failed) {
      failure = failed;
    }
    if (failure != null && all.size() > 1 && isAboutTheChange(failure)) {
      // One that the API server does not accept keeps no other from being written.
      all.forEach(one -> writeAll(List.of(one)));
      return;
    }
    for (var one : all) {
      one.done = true;
      one.failure = failure;
      one.whole = one.changes.keySet().stream().noneMatch(beyond::contains);
    }
  }

  private static boolean isAboutTheChange(RuntimeException failure) {
    return failure instanceof KubernetesClientException answer
        && answer.getCode() >= CLIENT_ERRORS
        && answer.getCode() < SERVER_ERRORS;
  }

  /// Returns the keys for which their namespace has no room. Several threads decide by the same
  /// count, so that it is counted again here.
  private Set<String> apply(Map<String, Optional<String>> changes) {
    var drafts = new ArrayList<Draft>();
    memory.suspensionLists().forEach(list -> drafts.add(new Draft(list)));
    var beyond = new HashSet<String>();
    // Removed entries make room.
    changes.forEach((key, text) -> text.ifPresentOrElse(entry -> {}, () -> remove(drafts, key)));
    changes.forEach(
        (key, text) ->
            text.ifPresent(
                entry -> {
                  if (isListed(drafts, key) || count(drafts, key) < memory.mostSuspended()) {
                    put(drafts, key, entry);
                  } else {
                    beyond.add(key);
                  }
                }));
    for (var draft : drafts) {
      if (!draft.changes.isEmpty()) {
        write(draft);
      }
    }
    return beyond;
  }

  private static boolean isListed(List<Draft> drafts, String key) {
    return drafts.stream().anyMatch(draft -> draft.accounts.containsKey(key));
  }

  /// The number of listed accounts of the namespace of this one.
  private static long count(List<Draft> drafts, String key) {
    var namespace = key.substring(0, key.indexOf('.') + 1);
    return drafts.stream()
        .mapToLong(
            draft ->
                draft.accounts.tailMap(namespace).keySet().stream()
                    .takeWhile(other -> other.startsWith(namespace))
                    .count())
        .sum();
  }

  private static void remove(List<Draft> drafts, String key) {
    drafts.stream()
        .filter(draft -> draft.accounts.containsKey(key))
        .forEach(draft -> draft.remove(key));
  }

  private static void put(List<Draft> drafts, String key, String entry) {
    var bytes = bytes(key) + bytes(entry);
    var draft =
        drafts.stream()
            .filter(one -> one.accounts.containsKey(key))
            .findFirst()
            .or(() -> drafts.stream().filter(one -> one.bytes + bytes <= MOST).findFirst())
            .orElseGet(() -> added(drafts));
    draft.put(key, entry);
  }

  private static Draft added(List<Draft> drafts) {
    var taken = new HashSet<String>();
    drafts.forEach(draft -> taken.add(draft.name));
    var name =
        IntStream.iterate(1, number -> number + 1)
            .mapToObj(number -> NAME + number)
            .filter(free -> !taken.contains(free))
            .findFirst()
            .orElseThrow();
    var draft = new Draft(name);
    drafts.add(draft);
    return draft;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length + AROUND / 2;
  }

  /// A list as it is, and as it is to be.
  private static final class Draft {
    private final String name;
    private final Optional<SuspensionList> before;
    private final NavigableMap<String, String> accounts;
    private final Map<String, @Nullable String> changes = new HashMap<>();
    private int bytes;

    Draft(String name) {
      this.name = name;
      this.before = Optional.empty();
      this.accounts = new TreeMap<>();
    }

    Draft(SuspensionList list) {
      this.name = list.getMetadata().getName();
      this.before = Optional.of(list);
      this.accounts =
          new TreeMap<>(
              Optional.ofNullable(list.getSpec())
                  .map(SuspensionListSpec::accounts)
                  .orElseGet(Map::of));
      accounts.forEach((key, text) -> bytes += bytes(key) + bytes(text));
    }

    private static int bytes(String text) {
      return ListWrites.bytes(text);
    }

    void put(String key, String text) {
      var old = accounts.put(key, text);
      if (!text.equals(old)) {
        bytes += bytes(text) + (old == null ? bytes(key) : -bytes(old));
        changes.put(key, text);
      }
    }

    void remove(String key) {
      var old = accounts.remove(key);
      bytes -= bytes(key) + (old == null ? 0 : bytes(old));
      changes.put(key, null);
    }
  }

  private void write(Draft draft) {
    var revision = UUID.randomUUID().toString().substring(0, REVISION);
    if (draft.before.isEmpty()) {
      create(draft, revision);
    } else if (draft.accounts.isEmpty()) {
      remove(draft.before.get());
    } else {
      var patch =
          Serialization.asJson(
              Map.of("spec", Map.of("revision", revision, "accounts", draft.changes)));
      memory.wrote(client.resource(object(draft.name)).patch(Patches.MERGE, patch));
    }
  }

  private void create(Draft draft, String revision) {
    var list = object(draft.name);
    list.getMetadata().setLabels(Map.of(Api.MANAGED_BY, Api.MANAGER));
    list.setSpec(new SuspensionListSpec(revision, draft.accounts, null));
    memory.wrote(client.resource(list).create());
  }

  /// Only in the version that is known: another entry may have come meanwhile.
  void remove(HasMetadata object) {
    var meta = object.getMetadata();
    var path =
        object instanceof ConfigMap
            ? "/api/v1/namespaces/" + namespace + "/configmaps/" + meta.getName()
            : "/apis/%s/%s/namespaces/%s/suspensionlists/%s"
                .formatted(Api.GROUP, Api.VERSION, namespace, meta.getName());
    client.raw(path, "DELETE", Deletions.expected(Metadata.preconditions(meta)).build());
    if (object instanceof SuspensionList list) {
      memory.removed(list);
    }
  }

  private SuspensionList object(String name) {
    var list = new SuspensionList();
    list.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    return list;
  }
}
