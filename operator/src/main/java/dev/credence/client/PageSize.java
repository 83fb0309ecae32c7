// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Sizes the pages of lists by their bytes. The API server counts objects alone, and five hundred
/// objects of other users may be half a gigabyte: a list begins with 50, and the pages grow while
/// they are small and shrink while they are large. An answer that is far too large is not read to
/// its end; the list is then asked for again in smaller pages.
public final class PageSize implements Interceptor {
  static final long FIRST = 50;
  static final long MOST = 500;
  static final long SMALL = 1 << 20;
  static final long LARGE = 2 << 20;
  static final long TOO_LARGE = 8 << 20;

  private static final Pattern LIMIT = Pattern.compile("(?<=[?&]limit=)\\d+");
  private static final long HELD_BACK = Duration.ofMinutes(10).toNanos();
  private static final int SHRINK = 8;
  private static final int MOST_PATHS = 4_096;

  private final Map<String, Size> sizes = new ConcurrentHashMap<>();

  /// `ceiling`: what it does not grow beyond until `until`.
  private record Size(long limit, long ceiling, long until) {
    static final Size NEW = new Size(FIRST, MOST, 0);

    Size after(long bytes, long asked) {
      if (bytes > LARGE) {
        return new Size(Math.max(1, Math.min(limit, asked / 2)), ceiling, until);
      }
      var most = System.nanoTime() - until > 0 ? MOST : ceiling;
      return bytes < SMALL && asked >= limit
          ? new Size(Math.max(1, Math.min(most, limit * 2)), most, until)
          : this;
    }

    Size tooLarge(long asked) {
      var smaller = Math.max(1, Math.min(limit, asked / SHRINK));
      return new Size(smaller, smaller, System.nanoTime() + HELD_BACK);
    }
  }

  /// A page was far too large: a smaller one is asked for next.
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;

    TooLarge(String path, long objects) {
      super("a page of %d objects of %s is over %d bytes".formatted(objects, path, TOO_LARGE));
    }

    static boolean is(@Nullable Throwable fault) {
      return Stream.iterate(fault, cause -> cause != null, Throwable::getCause)
          .anyMatch(TooLarge.class::isInstance);
    }
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    var uri = request.uri().toString();
    if (limit(request).isPresent()) {
      var size = sizes.getOrDefault(path(request), Size.NEW).limit();
      builder.uri(URI.create(LIMIT.matcher(uri).replaceFirst(Long.toString(size))));
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    return limit(request)
        .<AsyncBody.Consumer<List<ByteBuffer>>>map(
            limit -> new Counting(consumer, path(request), limit))
        .orElse(consumer);
  }

  private static Optional<Long> limit(HttpRequest request) {
    if (!"GET".equals(request.method())) {
      return Optional.empty();
    }
    var uri = request.uri().toString();
    if (uri.contains("watch=true")) {
      return Optional.empty();
    }
    var found = LIMIT.matcher(uri);
    return found.find() ? Optional.of(Long.parseLong(found.group())) : Optional.empty();
  }

  private static String path(HttpRequest request) {
    return request.uri().getPath();
  }

  private void learn(String path, long bytes, long limit) {
    if (sizes.size() > MOST_PATHS) {
      sizes.clear();
    }
    sizes.compute(
        path,
        (_, known) -> {
          var size = known == null ? Size.NEW : known;
          return bytes > TOO_LARGE && limit > 1 ? size.tooLarge(limit) : size.after(bytes, limit);
        });
  }

  private final class Counting implements AsyncBody.Consumer<List<ByteBuffer>> {
    private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
    private final String path;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private boolean isAwaited;

    Counting(AsyncBody.Consumer<List<ByteBuffer>> consumer, String path, long limit) {
      this.consumer = consumer;
      this.path = path;
      this.limit = limit;
    }

    @Override
    public void consume(List<ByteBuffer> buffers, AsyncBody body) throws Exception {
      if (!isAwaited) {
        isAwaited = true;
        body.done()
            .whenComplete(
                (_, fault) -> {
                  if (fault == null) {
                    learn(path, bytes.get(), limit);
                  }
                });
      }
      for (var buffer : buffers) {
        bytes.addAndGet(buffer.remaining());
      }
      // A single object is read whatever its size is: there is no smaller page.
      if (bytes.get() > TOO_LARGE && limit > 1) {
        learn(path, bytes.get(), limit);
        throw new TooLarge(path, limit);
      }
      consumer.consume(buffers, body);
    }

    @Override
    public <U> U unwrap(Class<U> target) {
      return consumer.unwrap(target);
    }
  }
}
