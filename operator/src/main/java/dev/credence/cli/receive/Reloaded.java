// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The content of files that change while the process runs, as those of a mounted Secret. Files
/// that cannot be read, or make no sense, leave the last good content in effect.
final class Reloaded<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Reloaded.class);
  private static final long EVERY = Duration.ofSeconds(5).toNanos();
  private static final int LARGEST = 1 << 20;

  private final List<Path> files;
  private final Reader<T> reader;
  private final LongSupplier nanos;
  private List<String> read;
  private T value;
  private long next;
  private Optional<String> problem = Optional.empty();

  interface Reader<T> {
    T read(List<String> contents) throws IOException, GeneralSecurityException;
  }

  /// `nanos`: as of [System#nanoTime()]. Fails where the files cannot be read.
  Reloaded(List<Path> files, Reader<T> reader, LongSupplier nanos)
      throws IOException, GeneralSecurityException {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.nanos = nanos;
    read = contents();
    value = reader.read(read);
    next = nanos.getAsLong() + EVERY;
  }

  private List<String> contents() throws IOException {
    var contents = new ArrayList<String>();
    for (var file : files) {
      if (Files.size(file) > LARGEST) {
        throw new IOException(file + " is larger than " + LARGEST + " bytes");
      }
      contents.add(Files.readString(file));
    }
    return contents;
  }

  synchronized T get() {
    if (nanos.getAsLong() - next >= 0) {
      next = nanos.getAsLong() + EVERY;
      reload();
    }
    return value;
  }

  private void reload() {
    try {
      var now = contents();
      if (!now.equals(read)) {
        value = reader.read(now);
        read = now;
        LOG.info("Read {} again", files);
      }
      problem = Optional.empty();
    } catch (IOException | GeneralSecurityException wrong) {
      var message = files + " cannot be read: " + wrong.getMessage();
      if (!problem.equals(Optional.of(message))) {
        LOG.warn("{}. The last content stays in effect", message);
      }
      problem = Optional.of(message);
    }
  }

  /// Why the files of now are not in effect.
  synchronized Optional<String> problem() {
    return problem;
  }
}
