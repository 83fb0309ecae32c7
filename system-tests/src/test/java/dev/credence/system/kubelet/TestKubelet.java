// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.kubelet;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Plays kubelet for the pods of a namespace whose `schedulerName` is [#SCHEDULER]. No scheduler
/// gives those a node, so that nobody else plays kubelet for them: the local cluster's does so for
/// every node there is. The container's command runs as a process of this machine, and what becomes
/// of it is written to the pod's status, from which the real Job controller draws its conclusions.
///
/// There is no isolation. A container without a command runs the program that stands for its image
/// on this machine ([LocalImage]); other programs are those of `path`, then those of the machine.
public final class TestKubelet implements AutoCloseable {
  public static final String SCHEDULER = "test-kubelet";

  private final KubernetesClient client;
  private final String path;
  private final Path folder;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  private final Map<String, Process> running = new ConcurrentHashMap<>();
  private final List<Ran> ran = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SharedIndexInformer<Pod> pods;

  /// A pod that has ended: the Job it was of, and what it printed.
  public record Ran(String job, int exitCode, String output) {}

  /// Until it is closed. `programs` is a folder: its programs are found before others.
  public static TestKubelet start(KubernetesClient client, String namespace, Path programs) {
    return new TestKubelet(client, namespace, programs);
  }

  private TestKubelet(KubernetesClient client, String namespace, Path programs) {
    this.client = client;
    path = programs + ":/usr/local/bin:/usr/bin:/bin";
    try {
      folder =
          Files.createTempDirectory(
              Files.createDirectories(Path.of("target").toAbsolutePath()), "kubelet-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pods = client.pods().inNamespace(namespace).inform(new Pods());
  }

  /// Has the pods of a CronJob run here, with variables in place of those of the same name.
  public static void take(Resource<CronJob> cronJob, Map<String, String> variables) {
    cronJob.edit(
        original -> {
          var edited = new CronJobBuilder(original).build();
          var pod = edited.getSpec().getJobTemplate().getSpec().getTemplate().getSpec();
          pod.setSchedulerName(SCHEDULER);
          var env = pod.getContainers().getFirst().getEnv();
          env.removeIf(variable -> variables.containsKey(variable.getName()));
          variables.forEach((name, value) -> env.add(new EnvVar(name, value, null)));
          return edited;
        });
  }

  /// In the order in which they ended.
  public List<Ran> ran() {
    return List.copyOf(ran);
  }

  /// Ends what still runs of what it has started.
  @Override
  public void close() {
    pods.close();
    threads.shutdown();
    running.values().forEach(TestKubelet::end);
    threads.close();
    try {
      Mount.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Pods implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      var isOurs = SCHEDULER.equals(pod.getSpec().getSchedulerName());
      var isNew = "Pending".equals(pod.getStatus().getPhase());
      if (isOurs && isNew && seen.add(uid(pod))) {
        threads.execute(() -> run(pod));
      }
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      onAdd(pod);
    }

    /// A pod without a node is gone as soon as somebody deletes it.
    @Override
    public void onDelete(Pod pod, boolean unknown) {
      deleted.add(uid(pod));
      endWhereDeleted(pod);
    }
  }

  private void run(Pod pod) {
    var place = folder.resolve(uid(pod));
    try {
      Files.createDirectories(place);
      Launch launch;
      try {
        launch = Launch.of(pod, place, client);
      } catch (Launch.Refused e) {
        // A real one would wait and try again: a test wants to know.
        conclude(pod, 128, e.getMessage());
        return;
      }
      report(pod, "Running", started());
      var log = place.resolve("log").toFile();
      var builder =
          new ProcessBuilder(launch.command())
              .directory(place.toFile())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(log);
      builder.environment().clear();
      builder.environment().put("PATH", path);
      builder.environment().put("HOME", place.toString());
      builder.environment().putAll(launch.environment());
      var process = builder.start();
      running.put(uid(pod), process);
      endWhereDeleted(pod);
      var exitCode = process.waitFor();
      running.remove(uid(pod));
      var output = Files.readString(log.toPath());
      conclude(pod, exitCode, output, exitCode == 0 || !launch.isLogMessage() ? "" : tail(output));
      Mount.delete(place);
    } catch (IOException e) {
      conclude(pod, 127, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endWhereDeleted(Pod pod) {
    var process = running.get(uid(pod));
    if (process != null && deleted.contains(uid(pod))) {
      end(process);
    }
  }

  private void conclude(Pod pod, int exitCode, String output) {
    conclude(pod, exitCode, output, "");
  }

  /// `message`: that of the container in the status of the pod.
  private void conclude(Pod pod, int exitCode, String output, String message) {
    var job = pod.getMetadata().getLabels().getOrDefault("batch.kubernetes.io/job-name", "");
    ran.add(new Ran(job, exitCode, output));
    report(pod, exitCode == 0 ? "Succeeded" : "Failed", ended(exitCode, message));
  }

  /// At most so many lines and bytes as the kubelet takes.
  private static String tail(String output) {
    var lines = output.lines().toList();
    var text = String.join("\n", lines.subList(Math.max(0, lines.size() - 80), lines.size()));
    return text.substring(Math.max(0, text.length() - 2048));
  }

  private void report(Pod pod, String phase, ContainerState state) {
    var container = pod.getSpec().getContainers().getFirst();
    var runs = state.getRunning() != null;
    var status =
        new PodBuilder()
            .withNewStatus()
            .withPhase(phase)
            .withStartTime(pod.getMetadata().getCreationTimestamp())
            .addNewCondition()
            .withType("Ready")
            .withStatus(runs ? "True" : "False")
            .endCondition()
            .addNewContainerStatus()
            .withName(container.getName())
            .withImage(container.getImage())
            .withImageID("")
            .withReady(runs)
            .withStarted(runs)
            .withRestartCount(0)
            .withState(state)
            .endContainerStatus()
            .endStatus()
            .build()
            .getStatus();
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(Map.of("status", status)));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static ContainerState started() {
    return new ContainerStateBuilder().withNewRunning().withStartedAt(now()).endRunning().build();
  }

  private static ContainerState ended(int exitCode, String message) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(exitCode)
        .withReason(exitCode == 0 ? "Completed" : "Error")
        .withMessage(message.isEmpty() ? null : message)
        .withFinishedAt(now())
        .endTerminated()
        .build();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }
}
