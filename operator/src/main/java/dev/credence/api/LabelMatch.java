// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/// One expression of a label selector, as Kubernetes has them.
@ValidationRule(
    value =
        "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : !has(self.values) || self.values.size() == 0",
    message =
        "`values` must be set for In and NotIn, and must not be set for Exists and DoesNotExist")
public record LabelMatch(
    @JsonPropertyDescription("The key of the label.")
        @Required
        @Size(min = 1, max = 317)
        @Pattern(Form.LABEL_KEY)
        String key,
    @JsonPropertyDescription("The operator: In, NotIn, Exists or DoesNotExist.") @Required
        Operator operator,
    @JsonPropertyDescription("The values for In and NotIn. Empty for Exists and DoesNotExist.")
        @Size(max = 32)
        List<@Size(max = 63) @Pattern(Form.LABEL_VALUE) String> values) {

  /// The same for the keys of `matchLabels`, which no schema can bind.
  static final String KEYS =
      "!has(self.matchLabels) || self.matchLabels.all(k, k.matches('" + Form.LABEL_KEY + "'))";

  static final String KEYS_SAYS =
      "the keys of `matchLabels` must be label keys like app.kubernetes.io/name";

  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }
}
