// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The API server with one pending Secret, and the rules of the admission policy
/// `issued.credence.dev` that guards it. The operator's own tests prove the policy on a real API
/// server.
final class ApiServer extends Stub {
  static final String SECRET = "crm-db-pending";

  private static final int LARGEST = 16 * 1024;

  private final Path folder;
  private final String token = "canary-pod-" + UUID.randomUUID();
  private final Certificates certificates;

  private Set<String> declared = Set.of();
  private final Map<String, String> data = new HashMap<>();
  private boolean isAdmitted;
  private boolean isPermitted = true;
  private int refusals;
  private Runnable refused = () -> {};
  private int outages;

  ApiServer(Certificates certificates) throws Exception {
    super(Optional.of(certificates));
    this.certificates = certificates;
    folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "service-account-");
    Files.writeString(folder.resolve("token"), token);
    Files.copy(certificates.certificate(), folder.resolve("ca.crt"));
  }

  String token() {
    return token;
  }

  /// What the kubelet gives to the pod.
  Map<String, String> settings() {
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        "127.0.0.1",
        "KUBERNETES_SERVICE_PORT",
        String.valueOf(port()),
        "HOOK_SERVICE_ACCOUNT_DIR",
        folder.toString());
  }

  /// The operator admits the pod of the next attempt: keys of an earlier one are deleted.
  synchronized void admit(Set<String> keys) {
    declared = Set.copyOf(keys);
    data.clear();
    isAdmitted = true;
  }

  /// No pod may write.
  synchronized void close(Set<String> keys) {
    admit(keys);
    isAdmitted = false;
  }

  /// Whether the account of the pod has the verb `patch`.
  synchronized void permit(boolean isPermitted) {
    this.isPermitted = isPermitted;
  }

  /// Refuses the next write that is no dry run, and tells it.
  synchronized void refuseOnce(Runnable refused) {
    refusals = 1;
    this.refused = refused;
  }

  /// Answers that many requests with 503.
  synchronized void fail(int requests) {
    outages = requests;
  }

  synchronized Map<String, String> data() {
    return Map.copyOf(data);
  }

  @Override
  Response answer(Request request) {
    if (outages > 0) {
      outages--;
      return status(503, "the server is currently unable to handle the request");
    }
    // Kubernetes, "Authenticating": a bearer token.
    if (!request.header("Authorization").equals(Optional.of("Bearer " + token))) {
      return status(401, "Unauthorized");
    }
    // Kubernetes, "Using RBAC Authorization": a resourceName with the one verb.
    if (!request.method().equals("PATCH")
        || !request.path().equals("/api/v1/namespaces/sales/secrets/" + SECRET)
        || !isPermitted) {
      return status(
          403,
          "secrets \"%s\" is forbidden: User \"system:serviceaccount:sales:crm-hook\" cannot patch resource \"secrets\" in API group \"\" in the namespace \"sales\""
              .formatted(SECRET));
    }
    // Kubernetes, "API Concepts": the media type of a patch.
    if (!request.header("Content-Type").equals(Optional.of("application/merge-patch+json"))) {
      return status(415, "the body of the request was in an unknown format");
    }
    return write(request);
  }

  private Response write(Request request) {
    var isDryRun = "All".equals(request.parameters().get("dryRun"));
    var written = new HashMap<String, String>();
    request
        .json()
        .path("data")
        .properties()
        .forEach(
            key ->
                written.put(
                    key.getKey(),
                    new String(
                        Base64.getDecoder().decode(key.getValue().asText()),
                        StandardCharsets.UTF_8)));
    if (!isAdmitted) {
      return denied("only the pod of the Job may write the issued keys");
    }
    if (!written.keySet().equals(declared) || request.json().size() != 1) {
      return denied("exactly the issued keys change");
    }
    if (data.keySet().stream().anyMatch(written::containsKey)) {
      return denied("the issued keys are written once");
    }
    if (written.values().stream().anyMatch(text -> text.isEmpty() || text.length() > LARGEST)) {
      return denied("a key is empty or longer than 16 KiB");
    }
    if (!isDryRun && refusals > 0) {
      refusals--;
      refused.run();
      return denied("the pod is no longer the one that was admitted");
    }
    // Kubernetes, "API Concepts": a dry run passes admission and stores nothing.
    if (!isDryRun) {
      data.putAll(written);
    }
    return request.header("Accept").orElse("").contains("as=PartialObjectMetadata")
        ? new Response(200, "{\"kind\":\"PartialObjectMetadata\"}")
        : new Response(200, "{\"kind\":\"Secret\",\"data\":{}}");
  }

  private static Response denied(String why) {
    return status(
        403,
        "secrets \"%s\" is forbidden: ValidatingAdmissionPolicy 'issued.credence.dev' with binding 'issued.credence.dev' denied request: %s"
            .formatted(SECRET, why));
  }

  private static Response status(int code, String message) {
    var status = Web.JSON.createObjectNode();
    status.put("kind", "Status").put("status", "Failure").put("message", message).put("code", code);
    return new Response(code, status.toString());
  }

  Certificates certificates() {
    return certificates;
  }
}
