// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The Secret `<secret>-pending`, into which the pod of the step `issue` writes the declared keys
/// once. The pod's account may only patch this Secret: the hook reads nothing of it.
final class PendingSecret implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 3;

  private static final Setting FOLDER =
      new Setting(
          "HOOK_SERVICE_ACCOUNT_DIR",
          "/var/run/secrets/kubernetes.io/serviceaccount",
          "Folder with the token of the pod, for `issue`");
  private static final Setting WAIT =
      new Setting(
          "HOOK_ADMISSION_TIMEOUT",
          "60",
          "Seconds that `issue` waits until the operator has admitted its pod to the pending Secret");

  static final List<Setting> SETTINGS = List.of(FOLDER, WAIT);

  private final Inputs inputs;
  private final Web server;
  private final Path folder;

  private PendingSecret(Inputs inputs, Web server, Path folder) {
    this.inputs = inputs;
    this.server = server;
    this.folder = folder;
  }

  static PendingSecret of(Inputs inputs) {
    var folder = Path.of(inputs.get(FOLDER));
    if (!Files.isReadable(folder.resolve("token"))) {
      throw new Failure(
          Kind.Usage,
          "The pod has no token. Remove automountServiceAccountToken: false from the CronJob of"
              + " hooks.issue, and name its ServiceAccount.");
    }
    var port = inputs.variable("KUBERNETES_SERVICE_PORT").orElse("443");
    var server =
        "https://" + Web.authority(inputs.required("KUBERNETES_SERVICE_HOST"), number(port));
    return new PendingSecret(
        inputs,
        new Web(
            "The API server",
            server,
            Trust.context(Optional.of(folder.resolve("ca.crt"))),
            inputs.timeout()),
        folder);
  }

  /// Waits until the API server admits the write, by dry runs: the operator admits the pod after it
  /// has started. Nothing is issued before.
  void awaitAdmission(Set<String> keys) throws InterruptedException {
    var values = new TreeMap<String, String>();
    keys.forEach(key -> values.put(key, "dry-run"));
    var deadline = System.nanoTime() + Duration.ofSeconds(inputs.number(WAIT)).toNanos();
    for (var answer = patch(values, "&dryRun=All");
        !answer.isSuccess();
        answer = patch(values, "&dryRun=All")) {
      if (isFinal(answer) || System.nanoTime() - deadline >= 0) {
        throw failure(answer);
      }
      Thread.sleep(PAUSE);
    }
  }

  /// Writes the keys.
  void write(Map<String, String> keys) throws InterruptedException {
    // Whether an attempt ended without an answer, and may have written.
    var isUnknown = false;
    for (var attempt = 1; ; attempt++) {
      try {
        var answer = patch(keys, "");
        // The write is admitted once, so this is our own value.
        if (answer.isSuccess() || isUnknown && isPolicy(answer)) {
          return;
        }
        if (!isPassing(answer) || attempt == ATTEMPTS) {
          throw failure(answer);
        }
        isUnknown |= answer.isUnavailable();
      } catch (Failure failure) {
        if (failure.kind() != Kind.Unavailable || attempt == ATTEMPTS) {
          throw failure;
        }
        isUnknown = true;
      }
      Thread.sleep(PAUSE);
    }
  }

  private Web.Answer patch(Map<String, String> keys, String option) {
    var data = Web.JSON.createObjectNode();
    keys.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    var body = Web.JSON.createObjectNode().set("data", data).toString();
    return server.send(
        "PATCH",
        "/api/v1/namespaces/%s/secrets/%s?fieldManager=credence-hook%s"
            .formatted(
                Web.encoded(inputs.required("CREDENCE_NAMESPACE")),
                Web.encoded(inputs.valueSecret()),
                option),
        Map.of(
            "Authorization",
            "Bearer " + read("token"),
            "Content-Type",
            "application/merge-patch+json",
            // The other keys are not sent to the hook.
            "Accept",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"),
        body);
  }

  /// That the account lacks the permission, or that there is no such Secret, does not change.
  private static boolean isFinal(Web.Answer answer) {
    return !isPassing(answer) && !isPolicy(answer);
  }

  private static boolean isPassing(Web.Answer answer) {
    return answer.isUnavailable() || answer.status() == 409;
  }

  private static boolean isPolicy(Web.Answer answer) {
    return isReported(answer, "ValidatingAdmissionPolicy");
  }

  /// In the whole message, which is shortened where it is printed.
  private static boolean isReported(Web.Answer answer, String text) {
    return answer.json().path("message").asText().contains(text);
  }

  private Failure failure(Web.Answer answer) {
    var reported = " The API server reports: " + answer.text("/message");
    var secret = inputs.valueSecret();
    if (isPolicy(answer)) {
      return new Failure(
          Kind.Failed,
          "The admission policy does not let this pod write " + secret + "." + reported);
    }
    if (isReported(answer, "cannot patch")) {
      return new Failure(
          Kind.Denied,
          "Grant the ServiceAccount of the hook the verb patch on the Secret %s (resourceNames).%s"
              .formatted(secret, reported));
    }
    return switch (answer.status()) {
      case 401 ->
          new Failure(Kind.Denied, "The API server rejects the token of the pod." + reported);
      case 404 -> new Failure(Kind.Failed, "Secret " + secret + " does not exist." + reported);
      default ->
          new Failure(
              isPassing(answer) ? Kind.Unavailable : Kind.Failed,
              "Secret " + secret + " could not be written." + reported);
    };
  }

  /// At each request: the kubelet replaces the token.
  private String read(String file) {
    try {
      var text = Files.readString(folder.resolve(file)).strip();
      if (file.equals("token")) {
        inputs.withhold(text);
      }
      return text;
    } catch (IOException e) {
      throw new Failure(Kind.Usage, "The file " + folder.resolve(file) + " cannot be read.");
    }
  }

  private static int number(String port) {
    try {
      return Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw new Failure(Kind.Usage, "KUBERNETES_SERVICE_PORT must be a number.");
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
