// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

/// What becomes of one event of a watch.
public enum EventFate {
  Passes,
  /// Some moments later, and what follows with it.
  Late,
  /// Twice.
  Twice,
  /// After the one that follows it.
  Swapped,
  /// Never; and the watch ends as one whose place in history is gone (410), so that all is listed
  /// anew. A server loses no event in silence.
  Lost,
  /// Never, and nothing after it: the connection stays open and says no more.
  Silenced,
  /// After it the connection ends.
  Last
}
