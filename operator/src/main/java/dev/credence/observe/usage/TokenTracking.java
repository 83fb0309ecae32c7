// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Since when the API server notes on Secrets when their tokens are used (KEP-2799). It says so
/// itself, in a ConfigMap that it makes once: what was read is believed for good.
public final class TokenTracking {
  static final String NAMESPACE = "kube-system";
  static final String NAME = "kube-apiserver-legacy-service-account-token-tracking";

  private static final Duration ASKED_AGAIN = Duration.ofMinutes(9);

  private final KubernetesClient client;
  private @Nullable Tracking last;
  private Instant at = Instant.EPOCH;

  public TokenTracking(KubernetesClient client) {
    this.client = client;
  }

  public synchronized Tracking refresh(Instant now) {
    var known = last;
    if (known instanceof Tracking.Since
        || (known != null && Duration.between(at, now).abs().compareTo(ASKED_AGAIN) < 0)) {
      return known;
    }
    var answer = ask();
    last = answer;
    at = now;
    return answer;
  }

  private Tracking ask() {
    try {
      var found =
          client
              .configMaps()
              .inNamespace(NAMESPACE)
              .withField("metadata.name", NAME)
              .list()
              .getItems();
      return NullSafe.in(found)
          .flatMap(map -> of(map.getData() == null ? null : map.getData().get("since")))
          .findFirst()
          .orElseGet(
              () ->
                  new Tracking.Unknown(
                      "the API server does not record the use of tokens (no ConfigMap "
                          + NAMESPACE
                          + "/"
                          + NAME
                          + ")"));
    } catch (KubernetesClientException answer) {
      return new Tracking.Unknown(
          "the operator cannot read since when the API server records the use of tokens (ConfigMap "
              + NAMESPACE
              + "/"
              + NAME
              + "): "
              + WorkloadLister.why(answer));
    }
  }

  private static Stream<Tracking> of(@Nullable String since) {
    return UntrustedText.day(since).<Tracking>map(Tracking.Since::new).stream();
  }
}
