// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Labels and annotations of a generated Secret, as the spec states them.
public record SecretMetadata(
    SortedMap<String, String> labels, SortedMap<String, String> annotations) {
  public static final SecretMetadata NONE = new SecretMetadata(Map.of(), Map.of());

  /// A key of a label or an annotation (apimachinery, `IsQualifiedName`).
  private static final Pattern KEY =
      Pattern.compile(
          "(?:(?=.{1,253}/)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /// Those by which Kubernetes and Credence know their own objects.
  private static final Pattern RESERVED =
      Pattern.compile("(?:.*[.])?(?:credence[.]dev|kubernetes[.]io|k8s[.]io)/.*");

  private static final String RECOMMENDED = "app.kubernetes.io/";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /// Characters of all labels, or of all annotations: what is larger does not fit into the caches.
  private static final int MOST_OF_LABELS = 2_048;

  private static final int MOST_OF_ANNOTATIONS = 24_576;

  private SecretMetadata(Map<String, String> labels, Map<String, String> annotations) {
    this(new TreeMap<>(labels), new TreeMap<>(annotations));
  }

  public static SecretMetadata of(Map<String, String> labels, Map<String, String> annotations) {
    return new SecretMetadata(labels, annotations);
  }

  /// Why it is not written, in a sentence for its author.
  public Optional<String> problem() {
    return Stream.of(
            keys("label", labels),
            keys("annotation", annotations),
            size("labels", labels, MOST_OF_LABELS),
            size("annotations", annotations, MOST_OF_ANNOTATIONS))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> keys(String what, Map<String, String> all) {
    return all.keySet().stream()
        .flatMap(
            key ->
                Stream.of(
                        isReserved(key)
                            ? "metadata: the %s %s is reserved for Kubernetes and Credence; remove it"
                            : "metadata: '%2$s' is not a key of labels or annotations, such as app.kubernetes.io/part-of")
                    .filter(_ -> isReserved(key) || !KEY.matcher(key).matches())
                    .map(sentence -> sentence.formatted(what, key)))
        .findFirst();
  }

  private static boolean isReserved(String key) {
    return key.equals(MANAGED_BY)
        || RESERVED.matcher(key).matches() && !key.startsWith(RECOMMENDED);
  }

  private static Optional<String> size(String what, Map<String, String> all, int most) {
    var size =
        all.entrySet().stream().mapToInt(e -> e.getKey().length() + e.getValue().length()).sum();
    return size <= most
        ? Optional.empty()
        : Optional.of(
            "metadata: %s of %d characters together, where %d is the most"
                .formatted(what, size, most));
  }
}
