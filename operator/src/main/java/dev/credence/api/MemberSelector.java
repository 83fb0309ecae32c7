// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

@ValidationRule(
    value =
        "(has(self.matchLabels) && self.matchLabels.size() > 0) || (has(self.matchExpressions) && self.matchExpressions.size() > 0)",
    message =
        "`selector` must contain at least one label: an empty one would claim every object of the namespace")
@ValidationRule(value = LabelMatch.KEYS, message = LabelMatch.KEYS_SAYS, fieldPath = ".matchLabels")
public record MemberSelector(
    @JsonPropertyDescription("Labels that an object must have, with these values.") @Size(max = 16)
        Map<String, @Size(max = 63) @Pattern(Form.LABEL_VALUE) String> matchLabels,
    @JsonPropertyDescription("Label expressions that must all match.") @Size(max = 16)
        List<LabelMatch> matchExpressions) {}
