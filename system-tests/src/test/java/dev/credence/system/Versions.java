// SPDX-License-Identifier: Apache-2.0
package dev.credence.system;

import static dev.credence.testing.Eventually.eventually;

import dev.credence.cluster.LocalCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionTimeoutException;

/// Every version of one object that was ever to be seen, from before it was there.
public final class Versions implements AutoCloseable {
  private final List<GenericKubernetesResource> seen = new CopyOnWriteArrayList<>();
  private final Watch watch;

  public static Versions ofIdentity(Scene scene, String name) {
    return new Versions(scene.client(), "MachineIdentity", scene.namespace(), name);
  }

  public static Versions ofPolicy(String name) {
    return new Versions(LocalCluster.shared().client(), "CredentialPolicy", "", name);
  }

  private Versions(KubernetesClient client, String kind, String namespace, String name) {
    var kinds = client.genericKubernetesResources("credence.dev/v1alpha1", kind);
    watch =
        (namespace.isEmpty() ? kinds.withName(name) : kinds.inNamespace(namespace).withName(name))
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, GenericKubernetesResource object) {
                    if (action != Action.DELETED) {
                      seen.add(object);
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    throw new IllegalStateException(cause);
                  }
                });
  }

  /// What kstatus made of each, the same in a row only once.
  public List<Kstatus> results() {
    var results = new ArrayList<Kstatus>();
    for (var version : seen) {
      var result = Kstatus.of(version);
      if (results.isEmpty() || results.getLast() != result) {
        results.add(result);
      }
    }
    return results;
  }

  public List<GenericKubernetesResource> seen() {
    return List.copyOf(seen);
  }

  /// Forgets all but the last one.
  public void forget() {
    seen.subList(0, seen.size() - 1).clear();
  }

  /// The last of them is judged like this.
  public void await(Kstatus wanted) {
    try {
      eventually("it is " + wanted)
          .until(() -> !seen.isEmpty() && Kstatus.of(seen.getLast()) == wanted);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s; it was %s; the last of it: %s"
              .formatted(
                  e.getMessage(),
                  results(),
                  seen.isEmpty() ? "nothing" : seen.getLast().get("status")),
          e);
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
