// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.hooks.Failure.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the command says before it connects to anything.
class MainTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void a_system_that_is_not_known_is_told_with_those_that_are() {
    assertThat(run(Map.of(), "oracle", "apply")).isEqualTo(Kind.Usage.exitCode());
    assertThat(printed()).contains("oracle apply: There is no such system", "postgresql");
  }

  @Test
  void a_cron_job_that_is_used_as_another_hook_fails() {
    assertThat(run(Map.of("CREDENCE_STEP", "verify"), "postgresql", "apply"))
        .isEqualTo(Kind.Usage.exitCode());
    assertThat(printed()).contains("hooks.verify", "name the step apply");
  }

  @Test
  void a_setting_that_is_missing_is_named() {
    assertThat(run(Map.of("HOOK_USERNAME", "crm"), "redis", "suspend"))
        .isEqualTo(Kind.Usage.exitCode());
    assertThat(printed()).contains("/admin/username does not exist");
  }

  @Test
  void a_step_that_the_system_does_not_have_names_the_field() {
    assertThat(run(Map.of("CREDENCE_STEP", "issue"), "postgresql"))
        .isEqualTo(Kind.Unsupported.exitCode());
    assertThat(printed()).contains("PostgreSQL has no step issue. Remove hooks.issue");
  }

  @Test
  void values_are_withheld_from_a_text_of_one_line() {
    var withheld = new Withheld();
    withheld.add("correct horse");
    withheld.add("correct horse battery");
    withheld.add("-----BEGIN\nbm90IGEga2V5\n");
    assertThat(withheld.clean("at correct horse battery, or\n\tcorrect horse; bm90IGEga2V5\u0007"))
        .isEqualTo("at (withheld), or (withheld); (withheld)");
  }

  private int run(Map<String, String> environment, String... words) {
    var stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return Main.run(words, environment, stream, stream);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
