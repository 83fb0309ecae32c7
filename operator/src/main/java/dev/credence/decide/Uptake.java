package dev.credence.decide;

import dev.credence.facts.Consumers;
import dev.credence.facts.Identity.Users;
import dev.credence.facts.RunningPod;
import dev.credence.facts.Subject;
import dev.credence.facts.Workload;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who uses a Secret, and who of them has moved to its current value? A pod has if it was created
/// since that was issued: what a process read when it started, nobody can see from outside.
///
/// A consumer is a workload, or a pod that belongs to none that we know. One without any pod moves
/// as soon as it has one.
record Uptake(List<Consumer> consumers) {

  Uptake {
    consumers = List.copyOf(consumers);
  }

  /// `old` are its pods from before.
  record Consumer(Subject subject, List<RunningPod> old) {
    Consumer {
      old = List.copyOf(old);
    }

    boolean hasMoved() {
      return old.isEmpty();
    }
  }

  static Uptake of(Consumers known, String secret, Instant issuedAt) {
    // A pod says itself what it uses, or the template that it was made from did when it was made.
    var pods =
        known.pods().stream()
            .filter(pod -> pod.secrets().contains(secret))
            .collect(Collectors.groupingBy(Uptake::consumer));
    var all = new TreeSet<>(pods.keySet());
    known.workloads().stream()
        .filter(workload -> workload.secrets().contains(secret))
        .filter(workload -> !isJobWithoutPods(workload, known))
        .map(Workload::subject)
        .forEach(all::add);
    return new Uptake(
        all.stream().map(subject -> new Consumer(subject, old(pods, subject, issuedAt))).toList());
  }

  /// One that has run to its end uses nothing any more; it is counted while it has pods.
  private static boolean isJobWithoutPods(Workload workload, Consumers known) {
    return workload.subject().kind() == Subject.Kind.Job
        && known.pods().stream()
            .noneMatch(pod -> pod.workload().filter(workload.subject()::equals).isPresent());
  }

  private static Subject consumer(RunningPod pod) {
    return pod.workload().orElseGet(() -> Subject.pod(pod.name()));
  }

  private static List<RunningPod> old(
      Map<Subject, List<RunningPod>> pods, Subject subject, Instant issuedAt) {
    return pods.getOrDefault(subject, List.of()).stream()
        .filter(pod -> pod.createdAt().isBefore(issuedAt))
        .sorted(Comparator.comparing(RunningPod::name))
        .toList();
  }

  Stream<Consumer> behind() {
    return consumers.stream().filter(consumer -> !consumer.hasMoved());
  }

  Users users() {
    return new Users(consumers.size(), (int) consumers.stream().filter(Consumer::hasMoved).count());
  }
}
