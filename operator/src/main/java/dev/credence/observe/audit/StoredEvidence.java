// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import dev.credence.api.Api;
import dev.credence.facts.evidence.Evidence;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The ConfigMaps in the namespace of the operator that contain evidence from audit events:
/// `credence-audit-sales` what the ServiceAccounts of the namespace sales did, and
/// `credence-audit` what the log covers. Together they are the evidence:
/// [Evidence#addAll(Evidence)] of all of them.
public final class StoredEvidence {
  /// Has every one of them, and nothing else.
  public static final String LABEL = Api.EVIDENCE;

  public static final String LABEL_VALUE = "audit";

  static final String BEGIN = Api.EVIDENCE + "-begin";
  static final String END = Api.EVIDENCE + "-end";
  static final String COVERED = Api.EVIDENCE + "-covered-until";
  static final String INCOMPLETE = Api.EVIDENCE + "-incomplete";
  static final String WRITTEN = Api.EVIDENCE + "-written";

  /// The key in `binaryData`.
  static final String KEY = "evidence";

  static final int MOST_BYTES = 700 * 1024;

  private static final String NAME = "credence-audit";

  /// The empty text: the ConfigMap about the log.
  public static String name(String observed) {
    return observed.isEmpty() ? NAME : NAME + "-" + observed;
  }

  /// The namespace whose accounts it is about; empty: the log.
  public static String observed(ConfigMap map) {
    return text(map.getMetadata().getAnnotations(), Api.OBSERVED_NAMESPACE);
  }

  private static String text(@Nullable Map<String, String> texts, String key) {
    return texts == null ? "" : texts.getOrDefault(key, "");
  }

  public static Evidence read(ConfigMap map) throws UnreadableEvidence {
    var encoded = text(map.getBinaryData(), KEY);
    try {
      if (encoded.isEmpty()) {
        throw new EvidenceCodec.Unreadable("The key " + KEY + " of binaryData is missing");
      }
      return EvidenceCodec.decode(bytes(encoded));
    } catch (EvidenceCodec.Unreadable wrong) {
      var metadata = map.getMetadata();
      throw new UnreadableEvidence(
          "ConfigMap "
              + metadata.getNamespace()
              + "/"
              + metadata.getName()
              + " contains no readable evidence. "
              + wrong.getMessage()
              + ".");
    }
  }

  private static byte[] bytes(String encoded) throws EvidenceCodec.Unreadable {
    try {
      return Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException wrong) {
      throw new EvidenceCodec.Unreadable("binaryData is no base64");
    }
  }

  /// Drops what does not fit into one ConfigMap from the evidence.
  public static ConfigMap write(String namespace, String observed, Evidence evidence, Instant now) {
    var bytes = EvidenceCodec.encode(evidence, MOST_BYTES);
    var annotations = new TreeMap<String, String>();
    annotations.put(Api.OBSERVED_NAMESPACE, observed);
    annotations.put(WRITTEN, time(now));
    if (evidence.hasOverflowed()) {
      annotations.put(INCOMPLETE, "true");
    }
    begin(evidence, observed).ifPresent(begin -> annotations.put(BEGIN, time(begin)));
    end(evidence, observed).ifPresent(end -> annotations.put(END, time(end)));
    evidence.log().coverage().until().ifPresent(end -> annotations.put(COVERED, time(end)));
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name(observed))
        .withLabels(Map.of(LABEL, LABEL_VALUE, Api.MANAGED_BY, Api.MANAGER))
        .withAnnotations(annotations)
        .endMetadata()
        .withBinaryData(Map.of(KEY, Base64.getEncoder().encodeToString(bytes)))
        .build();
  }

  private static Optional<Instant> begin(Evidence evidence, String observed) {
    return observed.isEmpty()
        ? evidence.log().from()
        : evidence.accounts().values().stream()
            .map(account -> account.span().first().time())
            .min(Instant::compareTo);
  }

  private static Optional<Instant> end(Evidence evidence, String observed) {
    return observed.isEmpty()
        ? evidence.log().until()
        : evidence.accounts().values().stream()
            .map(account -> account.span().last().time())
            .max(Instant::compareTo);
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private StoredEvidence() {}
}
