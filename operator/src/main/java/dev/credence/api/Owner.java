// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

public record Owner(
    @JsonPropertyDescription(
            "The team that the identity belongs to; selectable: --field-selector spec.owner.team=sales-platform")
        @SelectableField
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String team,
    @JsonPropertyDescription(
            "The person (or the list that people read) to call about the identity, usually an e-mail address. A policy may ask for a pattern.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String contact,
    @JsonPropertyDescription("Whom to call when the contact has left or does not answer.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String backup) {}
