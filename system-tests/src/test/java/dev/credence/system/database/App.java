// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.database;

import dev.credence.system.kubelet.Mount;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How an application comes by its credential, and when it notices a new one.
public sealed interface App extends AutoCloseable {

  /// What its processes would log in with now: the process, and its login.
  Map<String, Login> logins();

  /// A process that is gone cannot have failed.
  boolean isRunning(String process);

  @Override
  void close();

  /// One process that is never restarted and reads its mounted files at every login. They follow
  /// the Secret with the delay of a kubelet.
  final class OfFiles implements App {
    private final Mount mount;
    private final KubernetesClient client;
    private final String namespace;
    private final long syncNanos;
    private long lastSync;

    public OfFiles(KubernetesClient client, String namespace, Duration sync) {
      this.client = client;
      this.namespace = namespace;
      syncNanos = sync.toNanos();
      lastSync = System.nanoTime() - syncNanos;
      try {
        mount = new Mount(Files.createTempDirectory(Path.of("target"), "mount-"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Map<String, Login> logins() {
      var login = Login.of(mount.read());
      // After the read: the new state is seen at the next login.
      if (System.nanoTime() - lastSync >= syncNanos) {
        lastSync = System.nanoTime();
        Optional.ofNullable(client.secrets().inNamespace(namespace).withName("crm-db").get())
            .ifPresent(mount::write);
      }
      return login.map(l -> Map.of("files", l)).orElse(Map.of());
    }

    @Override
    public boolean isRunning(String process) {
      return true;
    }

    @Override
    public void close() {
      mount.delete();
    }
  }

  /// A process for each pod of a Deployment, down to the moment when the pod is gone. Each has the
  /// credential that was there when its pod was made, and no other.
  final class OfEnvironment implements App {
    private final KubernetesClient client;
    private final String namespace;
    private final SharedIndexInformer<Pod> pods;
    private final Map<String, Login> started = new HashMap<>();

    public OfEnvironment(KubernetesClient client, String namespace, String app) {
      this.client = client;
      this.namespace = namespace;
      pods = client.pods().inNamespace(namespace).withLabel("app", app).inform();
    }

    @Override
    public Map<String, Login> logins() {
      var there = pods.getStore().list().stream().map(pod -> pod.getMetadata().getUid()).toList();
      started.keySet().retainAll(there);
      for (var pod : there) {
        if (!started.containsKey(pod)) {
          Login.of(client.secrets().inNamespace(namespace).withName("crm-db").get())
              .ifPresent(login -> started.put(pod, login));
        }
      }
      return Map.copyOf(started);
    }

    @Override
    public boolean isRunning(String process) {
      return client.pods().inNamespace(namespace).list().getItems().stream()
          .anyMatch(pod -> pod.getMetadata().getUid().equals(process));
    }

    @Override
    public void close() {
      pods.close();
    }
  }
}
