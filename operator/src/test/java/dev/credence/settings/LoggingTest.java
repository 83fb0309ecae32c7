// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("it replaces what the whole JVM shares")
class LoggingTest {
  private final PrintStream console = System.out;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(written, true, UTF_8));
  }

  @AfterEach
  void asItWas() throws Exception {
    System.setOut(console);
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LoggingTest.class.getResource("/logback-test.xml"));
  }

  @Test
  void a_line_has_its_time_level_message_and_keys() {
    configure("text", "INFO");
    LoggerFactory.getLogger("dev.credence.controller.IdentityReconciler")
        .atInfo()
        .addKeyValue("namespace", "payments")
        .addKeyValue("action", "Issue")
        .log("done");
    assertThat(written.toString(UTF_8))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\S+ INFO  IdentityReconciler done namespace=\"payments\" action=\"Issue\"\\R");
  }

  @Test
  void a_message_cannot_forge_a_line_or_steer_a_terminal() {
    configure("text", "INFO");
    LoggerFactory.getLogger("dev.credence.x")
        .atWarn()
        .addKeyValue("subject", "a\nb")
        .log("refused\r\n2027 INFO all is well \u001b[2J");
    assertThat(written.toString(UTF_8).strip())
        .endsWith("refused??2027 INFO all is well ?[2J subject=\"a?b\"")
        .doesNotContain("\n", "\u001b");
  }

  @Test
  void an_exception_cannot_forge_a_line_or_steer_a_terminal() {
    configure("text", "INFO");
    LoggerFactory.getLogger("dev.credence.x")
        .warn(
            "failed \u202e\u009b31m",
            new IllegalStateException(
                "no\n2027-01-01T00:00:00.000Z INFO  Forged all is well\r\u001b[2J\u202e"));
    assertThat(written.toString(UTF_8))
        .contains("failed ??31m")
        .contains("IllegalStateException: no\n\t2027-01-01T00:00:00.000Z INFO  Forged all is well")
        .contains("\tat dev.credence.settings.LoggingTest")
        .doesNotContain("\u001b", "\u202e", "\u009b", "\r")
        .containsOnlyOnce("IllegalStateException");
  }

  @Test
  void json_is_one_object_a_line() throws Exception {
    configure("json", "INFO");
    LoggerFactory.getLogger("dev.credence.x")
        .atInfo()
        .addKeyValue("namespace", "payments")
        .log("it's \"done\"\n");
    var lines = written.toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(1);
    var line = new ObjectMapper().readTree(lines.getFirst());
    assertThat(line.path("level").asText()).isEqualTo("INFO");
    assertThat(line.path("formattedMessage").asText()).isEqualTo("it's \"done\"\n");
    assertThat(line.path("kvpList").toString()).contains("namespace", "payments");
  }

  /// From DEBUG on it writes the bodies of requests, and with them the bytes of Secrets.
  @Test
  void whatever_level_is_asked_for_the_client_stays_quiet() {
    configure("text", "TRACE");
    LoggerFactory.getLogger("dev.credence.x").trace("said");
    LoggerFactory.getLogger("io.fabric8.kubernetes.client.http.HttpLoggingInterceptor")
        .debug("a body");
    LoggerFactory.getLogger("io.javaoperatorsdk.operator").debug("a resource");
    LoggerFactory.getLogger("anybody").info("noise");
    assertThat(written.toString(UTF_8))
        .contains("said")
        .doesNotContain("body", "resource", "noise");
  }

  @Test
  void the_level_is_that_of_the_operator() {
    configure("text", "WARN");
    LoggerFactory.getLogger("dev.credence.x").info("unsaid");
    LoggerFactory.getLogger("dev.credence.x").warn("said");
    assertThat(written.toString(UTF_8)).contains("said").doesNotContain("unsaid");
  }

  private static void configure(String format, String level) {
    Logging.configure(
        Settings.of(Map.of("CREDENCE_LOG_FORMAT", format, "CREDENCE_LOG_LEVEL", level)));
  }
}
