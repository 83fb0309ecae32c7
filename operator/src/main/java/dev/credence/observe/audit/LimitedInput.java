// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream that fails once more than a number of bytes was read: who sends little, compressed, can
/// fill no memory.
public final class LimitedInput extends FilterInputStream {
  private final long limit;
  private long count;

  /// The stream is longer than the limit.
  public static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;

    public TooLarge(long limit) {
      super("more than " + limit + " bytes");
    }
  }

  public LimitedInput(InputStream in, long limit) {
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
