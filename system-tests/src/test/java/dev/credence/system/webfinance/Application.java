// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import static java.util.stream.Collectors.toMap;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The processes of the application: one for each pod, with the values that the Secrets had when
/// the pod started. Each logs in to every system again and again, until it is closed.
final class Application implements AutoCloseable {
  private static final int PERIOD_MILLIS = 400;

  private final KubernetesClient client;
  private final String namespace;
  private final SharedIndexInformer<Pod> pods;
  private final Map<String, Map<String, String>> started = new HashMap<>();
  private final AtomicInteger logins = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<ScheduledExecutorService> threads;

  /// `accounts`: the systems by the Secret that opens them.
  static Application start(
      KubernetesClient client, String namespace, String app, Map<String, Accounts> accounts) {
    return new Application(client, namespace, app, accounts);
  }

  private Application(
      KubernetesClient client, String namespace, String app, Map<String, Accounts> accounts) {
    this.client = client;
    this.namespace = namespace;
    pods = client.pods().inNamespace(namespace).withLabel("app", app).inform();
    threads =
        accounts.entrySet().stream()
            .map(
                account -> {
                  var thread = Executors.newSingleThreadScheduledExecutor();
                  thread.scheduleWithFixedDelay(
                      () -> logIn(account), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
                  return thread;
                })
            .toList();
  }

  int logins() {
    return logins.get();
  }

  /// One line each, without any value.
  List<String> failures() {
    return List.copyOf(failures);
  }

  private void logIn(Entry<String, Accounts> account) {
    try {
      var secret = account.getKey();
      for (var pod : pods.getStore().list()) {
        var uid = pod.getMetadata().getUid();
        var value = value(uid, secret);
        var refusal = value.flatMap(account.getValue()::refusal);
        value.ifPresent(_ -> logins.incrementAndGet());
        // A process that is gone cannot have failed.
        refusal
            .filter(_ -> isThere(uid))
            .ifPresent(why -> failures.add(account.getValue().system() + ": " + why));
      }
    } catch (RuntimeException e) {
      // The thread would end without a word.
      failures.add(e.toString());
    }
  }

  /// The value that the pod started with. A container waits until its Secrets exist.
  private Optional<Map<String, String>> value(String pod, String secret) {
    synchronized (started) {
      return Optional.ofNullable(
          started.computeIfAbsent(
              pod + "/" + secret, _ -> values(client, namespace, secret).orElse(null)));
    }
  }

  private boolean isThere(String uid) {
    return client.pods().inNamespace(namespace).list().getItems().stream()
        .anyMatch(pod -> pod.getMetadata().getUid().equals(uid));
  }

  /// The keys of a Secret; empty where there is none.
  static Optional<Map<String, String>> values(
      KubernetesClient client, String namespace, String secret) {
    return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(secret).get())
        .map(
            found ->
                found.getData().entrySet().stream()
                    .collect(
                        toMap(
                            Entry::getKey,
                            key ->
                                new String(
                                    Base64.getDecoder().decode(key.getValue()),
                                    StandardCharsets.UTF_8))));
  }

  @Override
  public void close() {
    threads.forEach(ScheduledExecutorService::close);
    pods.close();
  }
}
