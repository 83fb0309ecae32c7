// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A label selector. With nothing in it, it matches everything.
public record Selector(Map<String, String> labels, List<Expression> expressions) {
  public static final Selector EVERYTHING = new Selector(Map.of(), List.of());

  private static final ObjectRef DEFAULT_ACCOUNT = ObjectRef.account("default");

  public Selector {
    labels = Map.copyOf(labels);
    expressions = List.copyOf(expressions);
  }

  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }

  public record Expression(String key, Operator operator, Set<String> values) {
    public Expression {
      values = Set.copyOf(values);
    }

    boolean holds(Map<String, String> found) {
      return switch (operator) {
        case In -> found.containsKey(key) && values.contains(found.get(key));
        case NotIn -> !found.containsKey(key) || !values.contains(found.get(key));
        case Exists -> found.containsKey(key);
        case DoesNotExist -> !found.containsKey(key);
      };
    }
  }

  /// Whether an object with these labels is selected. The ServiceAccount `default` never is: all
  /// pods that name none run as it, so that an identity lists it by name or does not have it.
  public boolean selects(ObjectRef subject, Map<String, String> found) {
    return !subject.equals(DEFAULT_ACCOUNT) && matches(found);
  }

  public boolean matches(Map<String, String> found) {
    return found.entrySet().containsAll(labels.entrySet())
        && expressions.stream().allMatch(expression -> expression.holds(found));
  }
}
