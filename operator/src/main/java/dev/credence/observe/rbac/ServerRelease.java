// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.rbac;

import dev.credence.facts.object.ServerVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The version of the API server, by its last answer. It is read at the start and every ten
/// minutes, since a cluster is upgraded while the operator runs. While there is no answer, the last
/// one counts.
public final class ServerRelease {
  private static final Logger LOG = LoggerFactory.getLogger(ServerRelease.class);

  private static final Duration EVERY = Duration.ofMinutes(10);

  private final KubernetesClient client;
  private final Runnable changed;
  private volatile Optional<ServerVersion> known = Optional.empty();
  private volatile long asked;

  /// `changed` is called when the version is another one.
  public ServerRelease(KubernetesClient client, Runnable changed) {
    this.client = client;
    this.changed = changed;
  }

  Optional<ServerVersion> known() {
    return known;
  }

  public boolean isOld() {
    return System.nanoTime() - asked > EVERY.toNanos();
  }

  public void ask() {
    asked = System.nanoTime();
    try {
      var answer = client.getKubernetesVersion();
      var now =
          answer == null
              ? known
              : ServerVersion.of(
                  Objects.requireNonNullElse(answer.getMajor(), ""),
                  Objects.requireNonNullElse(answer.getMinor(), ""));
      if (!now.equals(known)) {
        known = now;
        changed.run();
      }
    } catch (KubernetesClientException away) {
      LOG.debug("The version of the API server could not be read, retrying later", away);
    }
  }
}
