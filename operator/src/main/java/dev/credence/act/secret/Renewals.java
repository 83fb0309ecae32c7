// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.certmanager.Issued;
import dev.credence.plan.Action;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateCondition;
import io.fabric8.certmanager.api.model.v1.CertificateStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Asks cert-manager for a new certificate the way its own `cmctl renew` does: by the condition
/// `Issuing` in the Certificate's status.
///
/// At most once an hour for each Certificate, and once more where it is revoked: an issuer such as
/// an ACME server counts what it issues, for others too. What was asked for is forgotten with the
/// process, which lets one more through.
public final class Renewals {
  private static final Duration PAUSE = Duration.ofHours(1);

  private static final PatchContext JSON = PatchContext.of(PatchType.JSON);

  private final KubernetesClient client;

  /// When each Certificate was last renewed on request.
  private final Map<Of, Instant> renewed = new ConcurrentHashMap<>();

  private record Of(String uid, boolean revoked) {
    static Of of(Action.Renew renew) {
      return new Of(renew.preconditions().uid(), renew.revoked());
    }
  }

  public Renewals(KubernetesClient client) {
    this.client = client;
  }

  public void renew(String namespace, Action.Renew renew) {
    var subject = renew.subject();
    var resource =
        client.resources(Certificate.class).inNamespace(namespace).withName(subject.name());
    var found = WriteRefused.<@Nullable Certificate>asked(subject, "read", resource::get);
    if (found == null
        || !renew.preconditions().uid().equals(found.getMetadata().getUid())
        || renew.revision() != Issued.revision(found.getStatus())
        || Issued.isUnderWay(found.getStatus())) {
      throw WriteRefused.raced(subject);
    }
    checkPause(renew);
    ask(resource, subject, client.getKubernetesSerialization().asJson(patch(found, renew.now())));
    renewed.put(Of.of(renew), renew.now());
  }

  private void checkPause(Action.Renew renew) {
    renewed.values().removeIf(last -> !renew.now().isBefore(last.plus(PAUSE)));
    var last = renewed.get(Of.of(renew));
    if (last != null) {
      throw WriteRefused.of(
          renew.subject(),
          "The Certificate was renewed on request at "
              + last.truncatedTo(ChronoUnit.SECONDS)
              + ". It is renewed on request at most once an hour. The next request is carried out at "
              + last.plus(PAUSE).truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private static void ask(Resource<Certificate> resource, ObjectRef subject, String patch) {
    WriteRefused.asked(
        subject, "update the status of", () -> resource.subresource("status").patch(JSON, patch));
  }

  /// On this very version of it, and on nothing of its status but the one condition.
  private static List<Map<String, Object>> patch(Certificate found, Instant now) {
    var steps = new ArrayList<Map<String, Object>>();
    steps.add(
        step("replace", "/metadata/resourceVersion", found.getMetadata().getResourceVersion()));
    if (found.getStatus() == null) {
      steps.add(step("add", "/status", Map.of()));
    }
    var conditions = conditions(found.getStatus());
    if (conditions.isEmpty()) {
      steps.add(step("add", "/status/conditions", List.of()));
    }
    var place =
        IntStream.range(0, conditions.size())
            .filter(index -> Issued.ISSUING.equals(conditions.get(index).getType()))
            .findFirst();
    steps.add(
        place.isPresent()
            ? step("replace", "/status/conditions/" + place.getAsInt(), issuing(found, now))
            : step("add", "/status/conditions/-", issuing(found, now)));
    return steps;
  }

  private static List<CertificateCondition> conditions(@Nullable CertificateStatus status) {
    return status == null
        ? List.of()
        : Objects.requireNonNullElse(status.getConditions(), List.of());
  }

  private static Map<String, Object> step(String operation, String path, Object value) {
    return Map.of("op", operation, "path", path, "value", value);
  }

  private static Map<String, Object> issuing(Certificate found, Instant now) {
    var condition = new HashMap<String, Object>();
    condition.put("type", Issued.ISSUING);
    condition.put("status", "True");
    condition.put("reason", "ManuallyTriggered");
    condition.put("message", "Credence requested a new certificate");
    condition.put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
    condition.put(
        "observedGeneration", Objects.requireNonNullElse(found.getMetadata().getGeneration(), 0L));
    return condition;
  }
}
