// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What a process costs, by the kernel's own counters in /proc.
public record Vitals(long pid) {

  /// Processor time so far, of all threads, in user and kernel.
  public Duration cpu() {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IllegalStateException("there is no process " + pid));
  }

  /// Resident memory now, in bytes.
  public long resident() {
    return status("VmRSS:");
  }

  /// The most that was resident since the start or since [#forgetPeak()], in bytes.
  public long peak() {
    return status("VmHWM:");
  }

  public void forgetPeak() {
    try {
      // proc(5): 5 resets the peak resident set size.
      Files.writeString(proc("clear_refs"), "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long status(String line) {
    try (var lines = Files.lines(proc("status"))) {
      return lines
          .filter(text -> text.startsWith(line))
          .mapToLong(text -> Long.parseLong(text.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(pid), file);
  }
}
