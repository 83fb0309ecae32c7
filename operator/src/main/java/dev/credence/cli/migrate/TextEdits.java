// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.migrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Replacements in one text, by code points of it as it was; everything else of it, comments
/// included, stays as it is.
final class TextEdits {
  /// `from` inclusive, `to` exclusive.
  private record Edit(int from, int to, String text) {}

  private final String text;
  private final List<Edit> edits = new ArrayList<>();

  TextEdits(String text) {
    this.text = text;
  }

  void replace(int from, int to, String with) {
    edits.add(new Edit(from, to, with));
  }

  String between(int from, int to) {
    return text.substring(at(from), at(to));
  }

  /// The start of the line that holds this place.
  int lineStart(int place) {
    return text.codePointCount(0, text.lastIndexOf('\n', at(place) - 1) + 1);
  }

  /// The place after the line break that ends the last line with content before this place.
  int contentEnd(int from, int to) {
    var lines = between(from, to);
    var end = lines.length();
    while (true) {
      var start = lines.lastIndexOf('\n', Math.max(end - 2, 0)) + 1;
      var line = lines.substring(start, end).strip();
      if (start == 0 || !(line.isEmpty() || line.startsWith("#"))) {
        return from + lines.codePointCount(0, end);
      }
      end = start;
    }
  }

  String applied() {
    var result = new StringBuilder();
    var place = 0;
    for (var edit : edits.stream().sorted(Comparator.comparingInt(Edit::from)).toList()) {
      result.append(text, place, at(edit.from())).append(edit.text());
      place = at(edit.to());
    }
    return result.append(text, place, text.length()).toString();
  }

  private int at(int codePoint) {
    return text.offsetByCodePoints(0, codePoint);
  }
}
