// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs to standard output, as text for people or as one JSON object a line.
public final class Logging {
  /// Characters that steer a terminal or turn the direction of a text.
  private static final String STEERING = "\\x80-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";

  /// Control characters in a name or a message cannot forge a line or steer a terminal; nor can
  /// those of an exception, whose lines are indented.
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} "
          + "%replace(%msg %kvp){'[\\p{Cntrl}"
          + STEERING
          + "]','?'}%n"
          + "%replace(%replace(%ex){'[\\x00-\\x08\\x0b-\\x1f\\x7f"
          + STEERING
          + "]','?'}){'\\x0a(?=[^\\x09\\x0a])','\n\t'}%nopex";

  public static void configure(Settings settings) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setEncoder(encoder(settings.logFormat(), context));
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("dev.credence").setLevel(Level.valueOf(settings.logLevel()));
    // The client logs the bodies of requests from DEBUG on, and with them the bytes of Secrets: it
    // stays quiet whatever level is asked for.
    context.getLogger("io.fabric8").setLevel(Level.WARN);
    // A stack trace at each reconnect of a watch, which then goes on.
    context
        .getLogger("io.fabric8.kubernetes.client.jdkhttp.JdkWebSocketImpl")
        .setLevel(Level.ERROR);
    // Problems of watches are logged in one line by us, and reported as health; this would be a
    // stack trace each.
    context
        .getLogger("io.fabric8.kubernetes.client.informers.impl.cache.Reflector")
        .setLevel(Level.ERROR);
    // "unstable version v1alpha1", once for each informer
    context
        .getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils")
        .setLevel(Level.ERROR);
  }

  /// For commands, which speak for themselves: what libraries have to say is in what went wrong.
  public static void quiet() {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  private static Encoder<ILoggingEvent> encoder(Settings.LogFormat format, LoggerContext context) {
    return switch (format) {
      case text -> {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(TEXT);
        encoder.start();
        yield encoder;
      }
      case json -> {
        var encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.start();
        yield encoder;
      }
    };
  }

  public static void flush() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private Logging() {}
}
