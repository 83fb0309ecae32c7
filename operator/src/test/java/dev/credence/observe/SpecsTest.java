package dev.credence.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.LabelMatch;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What an older or looser schema may have stored.
class SpecsTest {
  /// As objects that are kept have them: they refuse to be asked for a key that is none.
  private static final Map<String, String> LABELS = Map.of("app", "crm", "tier", "gold");

  @Test
  void what_is_asked_for_without_saying_what_selects_nothing() {
    var withoutValue = new HashMap<String, @Nullable String>();
    withoutValue.put("tier", null);
    withoutValue.put("app", "crm");
    assertThat(Specs.selector(withoutValue, null).matches(LABELS)).isFalse();

    for (var operator : LabelMatch.Operator.values()) {
      assertThat(selects(new LabelMatch(null, operator, null))).as("no key %s", operator).isFalse();
    }
    assertThat(selects(new LabelMatch("app", null, List.of("crm")))).isFalse();
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.In, null))).isFalse();
  }

  @Test
  void what_is_missing_in_a_list_is_passed_over() {
    var values = Arrays.asList(null, "crm");
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.In, values))).isTrue();
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.NotIn, values))).isFalse();
    assertThat(Specs.selector(null, Collections.singletonList(null)).matches(LABELS)).isTrue();
  }

  private static boolean selects(LabelMatch match) {
    return Specs.selector(null, List.of(match)).matches(LABELS);
  }
}
