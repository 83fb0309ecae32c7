// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;

/// The lines of a stream, each up to a length.
final class Lines {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  record Line(byte[] bytes, boolean tooLong) {}

  /// Without its line feed; empty at the end of the stream.
  Optional<Line> next() throws IOException {
    if (at == end && !fill()) {
      return Optional.empty();
    }
    var line = new ByteArrayOutputStream();
    var tooLong = false;
    do {
      var stop = lineFeed();
      tooLong |= line.size() + stop - at > longest;
      if (!tooLong) {
        line.write(buffer, at, stop - at);
      }
      at = stop;
      if (stop < end) {
        at++;
        break;
      }
    } while (fill());
    return Optional.of(new Line(tooLong ? new byte[0] : line.toByteArray(), tooLong));
  }

  private int lineFeed() {
    for (var i = at; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return end;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  /// What was not read as lines, after these bytes.
  InputStream rest(byte[] before) {
    return new SequenceInputStream(
        new ByteArrayInputStream(before),
        new SequenceInputStream(new ByteArrayInputStream(buffer, at, end - at), in));
  }
}
