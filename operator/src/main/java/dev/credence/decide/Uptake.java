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
import java.util.TreeMap;
import java.util.TreeSet;
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
    var pods = new TreeMap<Subject, List<RunningPod>>();
    for (var pod : known.pods()) {
      if (uses(known, pod, secret)) {
        pods.merge(consumer(pod), List.of(pod), Uptake::joined);
      }
    }
    var all = new TreeSet<>(pods.keySet());
    known.workloads().stream()
        .filter(workload -> workload.secrets().contains(secret))
        .filter(workload -> !isMadeByAnother(workload, known))
        .map(Workload::subject)
        .forEach(all::add);
    return new Uptake(
        all.stream().map(subject -> new Consumer(subject, old(pods, subject, issuedAt))).toList());
  }

  /// The pod itself says so, or the template that it was made from did when it was made.
  private static boolean uses(Consumers known, RunningPod pod, String secret) {
    return pod.secrets().contains(secret);
  }

  /// A Job is counted while it has pods.
  private static boolean isMadeByAnother(Workload workload, Consumers known) {
    return workload.subject().kind() == Subject.Kind.Job
        && known.pods().stream()
            .noneMatch(pod -> pod.workload().filter(workload.subject()::equals).isPresent());
  }

  private static Subject consumer(RunningPod pod) {
    return pod.workload().orElseGet(() -> Subject.pod(pod.name()));
  }

  private static List<RunningPod> joined(List<RunningPod> some, List<RunningPod> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
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
