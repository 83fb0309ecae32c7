// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.rotation;

import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.WorkloadFacts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the consumers of a Secret, and those that have moved to its current value. A pod has if it
/// was created since that was issued: what a process read when it started cannot be seen from
/// outside.
///
/// A consumer is a workload, or all pods of one controller of another kind, or a pod without a
/// controller. One without any pod moves as soon as it has one.
record ConsumerProgress(List<Consumer> consumers) {

  ConsumerProgress {
    consumers = List.copyOf(consumers);
  }

  /// `uid`: of a controller of a kind that we do not know, of which others may have the name.
  record Who(String kind, String name, String uid) implements Comparable<Who> {
    private static final List<String> ORDER =
        Stream.of(ObjectRef.Kind.values()).map(ObjectRef.Kind::name).toList();

    static Who of(ObjectRef workload) {
      return new Who(workload.kind().name(), workload.name(), "");
    }

    static Who of(PodFacts pod) {
      return pod.workload()
          .map(Who::of)
          .or(() -> pod.controller().map(it -> new Who(it.kind(), it.name(), it.uid())))
          .orElseGet(() -> Who.of(ObjectRef.pod(pod.name())));
    }

    /// Other kinds come first.
    @Override
    public int compareTo(Who other) {
      return Comparator.comparing((Who who) -> ORDER.indexOf(who.kind))
          .thenComparing(Who::kind)
          .thenComparing(Who::name)
          .thenComparing(Who::uid)
          .compare(this, other);
    }
  }

  /// `old` are its pods from before.
  record Consumer(Who who, List<PodFacts> old) {
    Consumer {
      old = List.copyOf(old);
    }

    boolean hasMoved() {
      return old.isEmpty();
    }
  }

  static ConsumerProgress of(Consumers known, String secret, Instant issuedAt) {
    // A pod says itself what it uses, or the template that it was made from did when it was made.
    var pods =
        known.pods().stream()
            .filter(pod -> pod.secrets().contains(secret))
            .collect(Collectors.groupingBy(Who::of));
    var all = new TreeSet<>(pods.keySet());
    known.workloads().stream()
        .filter(workload -> workload.secrets().contains(secret))
        .filter(workload -> !isJobWithoutPods(workload, known))
        .map(WorkloadFacts::subject)
        .map(Who::of)
        .forEach(all::add);
    return new ConsumerProgress(
        all.stream().map(who -> new Consumer(who, old(pods, who, issuedAt))).toList());
  }

  /// One that has run to its end uses nothing any more; it is counted while it has pods.
  private static boolean isJobWithoutPods(WorkloadFacts workload, Consumers known) {
    return workload.subject().kind() == ObjectRef.Kind.Job
        && known.pods().stream()
            .noneMatch(pod -> pod.workload().filter(workload.subject()::equals).isPresent());
  }

  private static List<PodFacts> old(Map<Who, List<PodFacts>> pods, Who who, Instant issuedAt) {
    return pods.getOrDefault(who, List.of()).stream()
        .filter(pod -> pod.createdAt().isBefore(issuedAt))
        .sorted(Comparator.comparing(PodFacts::name))
        .toList();
  }

  Stream<Consumer> behind() {
    return consumers.stream().filter(consumer -> !consumer.hasMoved());
  }

  Users users(int leftBehind) {
    return new Users(
        consumers.size(), (int) consumers.stream().filter(Consumer::hasMoved).count(), leftBehind);
  }
}
