// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// How much of a binding an account uses, and what to do with it.
public record BindingUse(
    String via, boolean direct, long used, long unused, long unknown, Advice advice) {

  public enum Advice {
    /// No right of it is used.
    Remove,
    /// Some rights of it are not used.
    Reduce,
    /// Every right of it is used.
    Keep,
    /// The log does not show enough.
    Unknown,
    /// It names a group: other accounts may use it.
    Group
  }

  public static List<BindingUse> of(List<JudgedRight> rights) {
    var byBinding = new LinkedHashMap<String, List<JudgedRight>>();
    rights.forEach(
        right -> byBinding.computeIfAbsent(right.via(), _ -> new ArrayList<>()).add(right));
    return byBinding.values().stream().map(BindingUse::ofOne).toList();
  }

  private static BindingUse ofOne(List<JudgedRight> rights) {
    var used = rights.stream().filter(JudgedRight::isUsed).count();
    var unused = rights.stream().filter(JudgedRight::isUnused).count();
    var unknown = rights.size() - used - unused;
    var first = rights.getFirst();
    return new BindingUse(
        first.via(),
        first.direct(),
        used,
        unused,
        unknown,
        first.direct() ? advice(used, unused, unknown) : Advice.Group);
  }

  private static Advice advice(long used, long unused, long unknown) {
    if (unused > 0) {
      return used + unknown == 0 ? Advice.Remove : Advice.Reduce;
    }
    return unknown == 0 ? Advice.Keep : Advice.Unknown;
  }
}
