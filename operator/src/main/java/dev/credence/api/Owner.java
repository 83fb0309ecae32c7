// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

public record Owner(
    @JsonPropertyDescription(
            "The team that owns the identity. Field selector: --field-selector spec.owner.team=sales-platform")
        @SelectableField
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String team,
    @JsonPropertyDescription(
            "The person or mailing list to contact about the identity, usually an e-mail address. A policy can require a pattern.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String contact,
    @JsonPropertyDescription(
            "The person to contact when the main contact has left or does not respond.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String backup) {}
