// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.credence.testing.Program;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/// The commands of the program in the JVM of the test: the start of a JVM takes most of the
/// processor time of a command. `MainTest` starts the program as a process.
///
/// One command at a time, since output and kubeconfig belong to the whole JVM.
public final class InProcess {

  /// With an empty standard input.
  public static synchronized Program.End run(Path kubeconfig, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var systemIn = System.in;
    var systemOut = System.out;
    var systemErr = System.err;
    var file =
        Optional.ofNullable(
            System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, kubeconfig.toString()));
    var loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    var nothing = new Nothing();
    try {
      loggers.addTurboFilter(nothing);
      System.setIn(InputStream.nullInputStream());
      System.setOut(new PrintStream(out, true, UTF_8));
      System.setErr(new PrintStream(err, true, UTF_8));
      var code = Main.commandLine().execute(words);
      return new Program.End(code, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setIn(systemIn);
      System.setOut(systemOut);
      System.setErr(systemErr);
      loggers.getTurboFilterList().remove(nothing);
      file.ifPresentOrElse(
          before -> System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, before),
          () -> System.clearProperty(Config.KUBERNETES_KUBECONFIG_FILE));
    }
  }

  /// A command logs nothing.
  private static final class Nothing extends TurboFilter {
    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        Object @Nullable [] params,
        @Nullable Throwable thrown) {
      return FilterReply.DENY;
    }
  }

  private InProcess() {}
}
