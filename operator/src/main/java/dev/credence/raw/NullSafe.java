// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Streams a list that may be null and may contain null.
public final class NullSafe {

  public static <T> Stream<T> in(@Nullable List<T> list) {
    return Stream.ofNullable(list).flatMap(List::stream).filter(Objects::nonNull);
  }

  private NullSafe() {}
}
