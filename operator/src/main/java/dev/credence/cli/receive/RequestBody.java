// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// The body of a request, up to a length, which also holds after decompression.
final class RequestBody {
  private static final int GZIP = 0x1f8b;

  /// The body is longer than the limit.
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;

    TooLarge(int limit) {
      super("The body is larger than " + limit + " bytes.");
    }
  }

  /// Bytes that the request announces; the limit where it announces nothing.
  static int announced(HttpExchange exchange, int limit) throws TooLarge {
    var header = exchange.getRequestHeaders().getFirst("Content-Length");
    if (header == null || !header.strip().matches("\\d{1,18}")) {
      return limit;
    }
    var length = Long.parseLong(header.strip());
    if (length > limit) {
      throw new TooLarge(limit);
    }
    return (int) length;
  }

  /// As it was sent.
  static byte[] read(HttpExchange exchange, int limit) throws IOException {
    var bytes = exchange.getRequestBody().readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw new TooLarge(limit);
    }
    return bytes;
  }

  /// Whether the header names an encoding that is not read.
  static boolean isEncodingKnown(HttpExchange exchange) {
    var encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    return encoding == null
        || encoding.strip().toLowerCase(Locale.ROOT).matches("|identity|gzip|x-gzip");
  }

  /// Decompressed where it is gzip, whether a header says so or not.
  static InputStream plain(byte[] bytes, int limit) throws IOException {
    var in = new ByteArrayInputStream(bytes);
    return bytes.length >= 2 && ((bytes[0] & 0xff) << 8 | bytes[1] & 0xff) == GZIP
        ? new Limited(new GZIPInputStream(in), limit)
        : in;
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

  private static final class Limited extends FilterInputStream {
    private final int limit;
    private int count;

    Limited(InputStream in, int limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      var one = super.read();
      add(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      var read = super.read(into, offset, length);
      add(Math.max(0, read));
      return read;
    }

    private void add(int read) throws TooLarge {
      count += read;
      if (count > limit) {
        throw new TooLarge(limit);
      }
    }
  }

  private RequestBody() {}
}
