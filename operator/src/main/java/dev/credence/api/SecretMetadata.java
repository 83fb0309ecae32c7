// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/// Labels and annotations of a generated Secret.
@ValidationRule(
    value =
        "!has(self.labels) || !self.labels.exists(k, k.startsWith('credence.dev/') || k == 'app.kubernetes.io/managed-by')",
    message =
        "labels of credence.dev/ and app.kubernetes.io/managed-by are written by the operator: leave them out",
    fieldPath = ".labels")
@ValidationRule(
    value =
        "!has(self.annotations) || !self.annotations.exists(k, k.startsWith('credence.dev/') || k == 'app.kubernetes.io/managed-by')",
    message =
        "annotations of credence.dev/ and app.kubernetes.io/managed-by are written by the operator: set credence.dev/ annotations on the Secret itself",
    fieldPath = ".annotations")
@ValidationRule(
    value =
        "!has(self.labels) || !self.labels.exists(k, k.startsWith('kubernetes.io/') || k.startsWith('k8s.io/'))",
    message =
        "labels of kubernetes.io/ and k8s.io/ are reserved for Kubernetes: only app.kubernetes.io/ is allowed",
    fieldPath = ".labels")
@ValidationRule(
    value =
        "!has(self.annotations) || !self.annotations.exists(k, k.startsWith('kubernetes.io/') || k.startsWith('k8s.io/'))",
    message =
        "annotations of kubernetes.io/ and k8s.io/ are reserved for Kubernetes: only app.kubernetes.io/ is allowed",
    fieldPath = ".annotations")
public record SecretMetadata(
    @JsonPropertyDescription(
            "Labels of the Secret. The operator restores them when another writer changes them, and removes them when they are removed here. At most 16. The prefixes credence.dev/, kubernetes.io/ and k8s.io/ are not allowed; app.kubernetes.io/ is, except managed-by.")
        @Size(max = 16)
        Map<String, @Size(max = 63) @Pattern(Form.LABEL_VALUE) String> labels,
    @JsonPropertyDescription(
            "Annotations of the Secret. The operator restores and removes them like the labels. At most 16, of at most 1,024 characters each.")
        @Size(max = 16)
        Map<String, @Size(max = 1024) String> annotations) {}
