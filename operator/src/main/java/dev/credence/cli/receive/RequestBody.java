// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import com.sun.net.httpserver.HttpExchange;
import dev.credence.observe.audit.AuditInput;
import dev.credence.observe.audit.LimitedInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// The body of a request, up to a length, which also holds after decompression. It is read as it
/// comes, and never held as a whole.
final class RequestBody {
  /// Bytes that the request announces; the limit where it announces nothing.
  static int announced(HttpExchange exchange, int limit) throws LimitedInput.TooLarge {
    var header = exchange.getRequestHeaders().getFirst("Content-Length");
    if (header == null || !header.strip().matches("\\d{1,18}")) {
      return limit;
    }
    var length = Long.parseLong(header.strip());
    if (length > limit) {
      throw new LimitedInput.TooLarge(limit);
    }
    return (int) length;
  }

  /// Whether the header names an encoding that is not read.
  static boolean isEncodingKnown(HttpExchange exchange) {
    var encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    return encoding == null
        || encoding.strip().toLowerCase(Locale.ROOT).matches("|identity|gzip|x-gzip");
  }

  /// Decompressed where it is gzip, whether a header says so or not. Closing it leaves the rest of
  /// the body to [#discard].
  static InputStream events(HttpExchange exchange, int limit) throws IOException {
    var sent = new LimitedInput(new StaysOpen(exchange.getRequestBody()), limit);
    return new LimitedInput(AuditInput.decompressed(sent), limit);
  }

  private static final class StaysOpen extends FilterInputStream {
    StaysOpen(InputStream in) {
      super(in);
    }

    @Override
    public void close() {}
  }

  /// Reads what is left, up to the limit: many clients read the answer only then.
  static void discard(HttpExchange exchange, int limit) throws IOException {
    var buffer = new byte[8192];
    for (var left = limit; left > 0; ) {
      var read = exchange.getRequestBody().read(buffer, 0, Math.min(left, buffer.length));
      if (read < 0) {
        return;
      }
      left -= read;
    }
  }

  private RequestBody() {}
}
