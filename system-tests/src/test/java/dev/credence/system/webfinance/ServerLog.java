// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/// The log of a server that runs in this process: all that its packages log at a level, in a file
/// and not on the console. Opened before the first class of the server is loaded, since some ask
/// for the level once.
final class ServerLog implements AutoCloseable {
  private final Logger logger;
  private final FileAppender<ILoggingEvent> file = new FileAppender<>();

  static ServerLog of(String packages, Level level) {
    return new ServerLog(packages, level);
  }

  private ServerLog(String packages, Level level) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var lines = new PatternLayoutEncoder();
    lines.setContext(context);
    lines.setPattern("%-5level %logger{0} %msg%n%ex");
    lines.start();
    file.setContext(context);
    file.setName(packages);
    file.setFile(Path.of("target", packages + "-" + System.nanoTime() + ".log").toString());
    file.setEncoder(lines);
    file.start();
    logger = context.getLogger(packages);
    logger.setLevel(level);
    logger.setAdditive(false);
    logger.addAppender(file);
  }

  String text() {
    try {
      return Files.readString(Path.of(file.getFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    logger.detachAppender(file);
    logger.setAdditive(true);
    logger.setLevel(null);
    file.stop();
    try {
      Files.delete(Path.of(file.getFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
