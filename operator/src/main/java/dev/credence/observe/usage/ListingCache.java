// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.usage;

import dev.credence.client.Pages;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Keeps what was listed of a namespace, or of all namespaces at once, for a while. The first
/// caller lists, the others wait for its result.
final class ListingCache<T> {
  /// The scope of a listing of all namespaces.
  static final String EVERYWHERE = "";

  private final Function<T, Duration> kept;
  private final int mostKept;
  private final LongSupplier nanos;
  private final Map<String, Listing> listings = new HashMap<>();
  private long begun;

  /// `kept`: the age at which a result is dropped. Of more than `mostKept`
  /// results only those that are still being listed are kept. `nanos`: a monotonic clock.
  ListingCache(Function<T, Duration> kept, int mostKept, LongSupplier nanos) {
    this.kept = kept;
    this.mostKept = mostKept;
    this.nanos = nanos;
  }

  /// A result that includes the namespace and is no older than `maxAge` of it. Where there is none,
  /// `lister` lists the namespace, or all namespaces if `isWide`. Empty: the thread was
  /// interrupted.
  Optional<T> in(
      String namespace,
      Function<T, Duration> maxAge,
      BooleanSupplier isWide,
      BiFunction<String, ListOptions, T> lister) {
    return listing(namespace, maxAge, isWide, lister).await();
  }

  private synchronized Listing listing(
      String namespace,
      Function<T, Duration> maxAge,
      BooleanSupplier isWide,
      BiFunction<String, ListOptions, T> lister) {
    // Of a namespace and of all, what was begun last knows what was forgotten.
    return Stream.of(namespace, EVERYWHERE)
        .flatMap(scope -> Stream.ofNullable(listings.get(scope)))
        .max(Comparator.comparingLong(listing -> listing.number))
        .filter(listing -> !listing.isOlder(maxAge))
        .orElseGet(
            () ->
                isWide.getAsBoolean()
                    ? begin(EVERYWHERE, new ListOptionsBuilder().withLimit(Pages.A_PAGE), lister)
                    // The API server answers from its cache, which may be a moment behind.
                    : begin(namespace, new ListOptionsBuilder().withResourceVersion("0"), lister));
  }

  /// Whether there is a result for all namespaces, or soon will be.
  synchronized boolean isKeptEverywhere() {
    var all = listings.get(EVERYWHERE);
    return all != null && !all.isOlder(kept);
  }

  /// Has the namespace listed again for the next caller, from a state that includes all earlier
  /// writes.
  synchronized void forget(String namespace, BiFunction<String, ListOptions, T> lister) {
    begin(namespace, new ListOptionsBuilder(), lister);
  }

  private Listing begin(
      String scope, ListOptionsBuilder options, BiFunction<String, ListOptions, T> lister) {
    var tooMany = listings.size() > mostKept;
    listings.values().removeIf(old -> old.isOlder(kept) || (tooMany && old.task.isDone()));
    var listing = new Listing(() -> lister.apply(scope, options.build()), begun++);
    listings.put(scope, listing);
    return listing;
  }

  private record Result<T>(T value, long at) {}

  private final class Listing {
    private final long number;
    private final FutureTask<Result<T>> task;

    Listing(Supplier<T> list, long number) {
      this.number = number;
      this.task = new FutureTask<>(() -> new Result<>(list.get(), nanos.getAsLong()));
    }

    Optional<T> await() {
      task.run();
      try {
        return Optional.of(task.get().value());
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } catch (ExecutionException failed) {
        throw new IllegalStateException("Workloads could not be listed", failed.getCause());
      }
    }

    boolean isOlder(Function<T, Duration> than) {
      return switch (task.state()) {
        case RUNNING -> false;
        case SUCCESS -> {
          var result = task.resultNow();
          yield nanos.getAsLong() - result.at() > than.apply(result.value()).toNanos();
        }
        case FAILED, CANCELLED -> true;
      };
    }
  }
}
