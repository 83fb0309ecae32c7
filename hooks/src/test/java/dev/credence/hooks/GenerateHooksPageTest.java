// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tables of docs/hooks-image.md are those of the code. `make generate` writes them.
class GenerateHooksPageTest {
  private static final Path PAGE = Path.of("..", "docs", "hooks-image.md");
  private static final String END = "<!-- End of what is generated. -->";

  private static final List<Setting> COMMON =
      List.of(
          Setting.HOST,
          Setting.TLS,
          Setting.CA_FILE,
          Setting.TIMEOUT,
          Setting.CREDENTIAL_DIR,
          Setting.ADMIN_DIR,
          Setting.USERNAME,
          Setting.USERNAME_KEY,
          Setting.PASSWORD_KEY);

  @Test
  void the_page_has_the_tables_of_the_code() throws IOException {
    var page = Files.readString(PAGE);
    var generated = with(page, "systems", systems());
    generated = with(generated, "settings", settings());
    generated = with(generated, "exit codes", exitCodes());
    if (Boolean.getBoolean("credence.generate")) {
      Files.writeString(PAGE, generated);
    } else {
      assertThat(page).as("run `make generate`").isEqualTo(generated);
    }
  }

  /// A driver that lists a step has it, and one that does not list it says so to the user.
  @Test
  void each_driver_has_the_steps_that_it_lists() throws Exception {
    for (var driver : Systems.all()) {
      for (var step : Step.values()) {
        var method = step == Step.probe ? Step.verify : step;
        var isOwn =
            driver.getClass().getMethod(method.name(), Inputs.class).getDeclaringClass()
                != Driver.class;
        assertThat(driver.capabilities().steps().contains(step))
            .as(driver.name() + " " + step)
            .isEqualTo(isOwn);
      }
    }
  }

  private static String with(String page, String name, String table) {
    var start = "<!-- Generated from the code: " + name + ". -->";
    var from = page.indexOf(start) + start.length();
    var to = page.indexOf(END, from);
    assertThat(page).contains(start);
    return page.substring(0, from) + "\n\n" + table + "\n" + page.substring(to);
  }

  private static String systems() {
    var head = "| system | argument | overlap | lock | sessions | password in the system |";
    var tested = "| system | administrative account requires | tested with |";
    return table(
            head,
            Systems.all().stream()
                .map(
                    driver ->
                        row(
                            driver.title(),
                            "`" + driver.name() + "`",
                            driver.capabilities().overlap(),
                            driver.capabilities().suspend(),
                            driver.capabilities().sessions(),
                            driver.capabilities().password())))
        + "\n"
        + table(
            tested,
            Systems.all().stream()
                .map(
                    driver ->
                        row(
                            driver.title(),
                            driver.capabilities().grants(),
                            driver.capabilities().tested())));
  }

  private static String settings() {
    var head = "| variable | system | default | meaning |";
    return table(
        head,
        Stream.concat(
            Stream.concat(
                COMMON.stream().map(setting -> setting(setting, systems(setting))),
                PendingSecret.SETTINGS.stream().map(setting -> setting(setting, "step `issue`"))),
            Systems.all().stream()
                .flatMap(
                    driver ->
                        driver.settings().stream()
                            .map(setting -> setting(setting, "`" + driver.name() + "`")))));
  }

  /// A server of SSH proves itself by its host key, and accounts log in by theirs.
  private static String systems(Setting setting) {
    if (setting.equals(Setting.PASSWORD_KEY)) {
      return "all with a password";
    }
    return List.of(Setting.TLS, Setting.CA_FILE).contains(setting) ? "all except `ssh`" : "all";
  }

  private static String setting(Setting setting, String system) {
    return row(
        "`" + setting.name() + "`",
        system,
        setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`",
        setting.meaning());
  }

  private static String exitCodes() {
    return table(
        "| exit code | meaning |",
        Stream.concat(
            Stream.of(row("0", "The step is done")),
            Stream.of(Failure.Kind.values())
                .map(kind -> row(String.valueOf(kind.exitCode()), kind.meaning()))));
  }

  private static String row(String... cells) {
    return "| "
        + Stream.of(cells).map(cell -> cell.replace("|", "\\|")).collect(joining(" | "))
        + " |";
  }

  private static String table(String head, Stream<String> rows) {
    var columns = head.chars().filter(letter -> letter == '|').count() - 1;
    return head
        + "\n|"
        + "---|".repeat((int) columns)
        + "\n"
        + rows.map(row -> row.replace("  |", " |")).collect(joining("\n"))
        + "\n";
  }
}
