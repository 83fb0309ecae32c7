// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import dev.credence.facts.text.InvisibleCharacters;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One object could not be read. The message names the object and the fault.
///
/// Our readers accept whatever an API server may hold, so this is an error of the operator. It must
/// stay with the object: an exception that escapes would stop everything else.
public final class FaultBarrier extends RuntimeException {
  private static final Logger LOG = LoggerFactory.getLogger(FaultBarrier.class);
  private static final int LONGEST = 300;

  private FaultBarrier(String message, Throwable cause) {
    super(message, cause);
  }

  /// The result of `reading` the object, or this exception.
  public static <T> T named(HasMetadata object, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException | StackOverflowError fault) {
      throw of(object, fault);
    }
  }

  /// The result of `reading` the object; `otherwise`, and a line in the log, where it fails.
  public static <T> T or(T otherwise, HasMetadata object, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException | StackOverflowError fault) {
      LOG.atWarn().setCause(fault).log(of(object, fault).getMessage());
      return otherwise;
    }
  }

  /// Does something because of the object; a line in the log where it fails.
  public static void kept(HasMetadata object, Runnable handling) {
    or(
        false,
        object,
        () -> {
          handling.run();
          return true;
        });
  }

  /// The fault in one line, for a condition or the log.
  public static String line(Throwable fault) {
    var stated = Optional.ofNullable(fault.getMessage()).map(text -> ": " + text).orElse("");
    var line =
        InvisibleCharacters.replaced(
            fault instanceof FaultBarrier
                ? stated.substring(2)
                : fault.getClass().getSimpleName() + stated,
            " ");
    return line.length() <= LONGEST ? line : UntrustedText.oneLine(line);
  }

  private static FaultBarrier of(HasMetadata object, Throwable fault) {
    return fault instanceof FaultBarrier named
        ? named
        : new FaultBarrier(name(object) + " cannot be read: " + line(fault), fault);
  }

  private static String name(HasMetadata object) {
    var meta = object.getMetadata();
    return meta == null ? object.getKind() : object.getKind() + " " + meta.getName();
  }
}
