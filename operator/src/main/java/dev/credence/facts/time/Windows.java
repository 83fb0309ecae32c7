// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.time;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// When rotations may begin. `limited`: only in the windows; where none of them could be read
/// that is never, and their author is told.
public record Windows(boolean limited, List<Window> windows) {
  public static final Windows ANY_TIME = new Windows(false, List.of());

  public Windows {
    windows = List.copyOf(windows);
  }

  public boolean areOpen(Instant now) {
    return !limited || windows.stream().anyMatch(window -> window.openSince(now).isPresent());
  }

  /// The first moment from `now` on at which they are open.
  public Optional<Instant> openFrom(Instant now) {
    return areOpen(now)
        ? Optional.of(now)
        : windows.stream()
            .flatMap(window -> window.nextOpening(now).stream())
            .min(Comparator.naturalOrder());
  }

  /// When the window that is open now opened: what was due before it is not late before then.
  public Optional<Instant> openSince(Instant now) {
    return windows.stream()
        .flatMap(window -> window.openSince(now).stream())
        .min(Comparator.naturalOrder());
  }
}
