// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.discovery;

import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;

/// Finds what created and manages a Secret, so that no identity needs to claim it: a controller by
/// owner reference, or a tool that is recognized by the labels and annotations that it writes.
public final class SecretOrigins {
  private static final String OF_CERT_MANAGER = "controller.cert-manager.io/fao";
  private static final String OF_HELM = "sh.helm.release.v1.";

  public static Optional<String> of(ObjectMeta meta) {
    var labels = Metadata.labels(meta);
    return Metadata.controllers(meta)
        .findFirst()
        .map(owner -> UntrustedText.oneLine(owner.getKind() + " " + owner.getName()))
        .or(() -> ForeignManagers.maker(meta))
        .or(() -> Optional.of("a Helm release").filter(_ -> isOfHelm(meta, labels)))
        .or(() -> Optional.of("cert-manager").filter(_ -> labels.containsKey(OF_CERT_MANAGER)));
  }

  private static boolean isOfHelm(ObjectMeta meta, Map<String, String> labels) {
    return "helm".equals(labels.get("owner")) && String.valueOf(meta.getName()).startsWith(OF_HELM);
  }

  private SecretOrigins() {}
}
