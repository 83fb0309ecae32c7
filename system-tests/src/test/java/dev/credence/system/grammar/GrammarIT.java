// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cluster.Tools;
import dev.credence.facts.time.Cron;
import dev.credence.facts.time.TimeZones;
import dev.credence.facts.time.WrittenDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Texts that Kubernetes and Go read too mean here what they mean there. `tools/grammar` answers
/// for them: the validation of CronJobs, and Go's durations and time zones. The texts are made by
/// seed: right ones, nearly right ones and garbage.
///
/// Where we accept less, it is one of the rules that are named here.
class GrammarIT {
  private static final Path PROGRAM = Tools.path("grammar");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEXTS = 20_000;

  private static final List<Long> MOMENTS =
      Stream.of(
              "2026-01-01T00:00:00Z",
              "2026-02-27T23:59:30Z",
              "2027-03-28T00:30:00Z",
              "2027-06-30T12:00:01Z",
              "2027-10-31T00:29:59Z",
              "2028-02-29T00:00:00Z",
              "2030-12-31T23:59:59Z")
          .map(time -> Instant.parse(time).getEpochSecond())
          .toList();

  // --- cron

  /// Five fields, separated by blanks; no nickname.
  private static final Pattern FIVE_FIELDS = Pattern.compile("[^ ]+( +[^ ]+){4}");

  /// What the library accepts by accident: signs, items of a list without anything in them, and
  /// whatever follows `*-`.
  private static final Pattern BY_ACCIDENT =
      Pattern.compile(".*(\\+|,,| ,|, |[*?]-|[0-9]{10}).*|^,.*|.*,$");

  @BeforeAll
  static void requireTheProgram() {
    Tools.require("grammar", "grammar");
  }

  @Test
  void a_schedule_that_is_accepted_is_one_of_a_cronjob_and_comes_at_the_same_times() {
    var texts = texts(1, GrammarIT::cron);
    var answers = ask(texts.stream().map(text -> question("cron", text, "UTC", MOMENTS)).toList());
    var accepted = 0;
    for (var n = 0; n < texts.size(); n++) {
      var text = texts.get(n);
      var theirs = answers.get(n);
      var ours = accepted(() -> Cron.of(text, "UTC"));
      if (ours.isPresent()) {
        accepted++;
        assertThat(theirs.has("error")).as("'%s' is no schedule of a CronJob", text).isFalse();
        var next = MOMENTS.stream().map(at -> after(ours.get(), at)).toList();
        assertThat(next).as("'%s'", text).isEqualTo(seconds(theirs.get("next")));
      } else if (!theirs.has("error")) {
        assertThat(isNarrower(text, theirs)).as("'%s' is a schedule of a CronJob", text).isTrue();
      }
    }
    assertThat(accepted).as("schedules among the texts").isBetween(TEXTS / 10, TEXTS * 9 / 10);
  }

  private static boolean isNarrower(String text, JsonNode theirs) {
    var neverComes = seconds(theirs.get("next")).stream().allMatch(at -> at == 0);
    return !FIVE_FIELDS.matcher(text).matches()
        || BY_ACCIDENT.matcher(text).matches()
        || neverComes;
  }

  private static long after(Cron cron, long at) {
    return cron.after(Instant.ofEpochSecond(at)).map(Instant::getEpochSecond).orElse(0L);
  }

  /// On a day on which the clock changes, a CronJob leaves out what is left out and runs twice what
  /// comes twice; ours comes an hour later, and once.
  @Test
  void a_schedule_in_a_time_zone_comes_at_the_same_times_but_on_days_on_which_the_clock_changes() {
    var random = new Random(2);
    var zones = TimeZones.names().stream().sorted().toList();
    var cases = new ArrayList<Map<String, Object>>();
    IntStream.range(0, 4_000)
        .forEach(
            _ ->
                cases.add(
                    question(
                        "cron",
                        random.nextInt(60) + " " + random.nextInt(24) + " * * " + range(random),
                        of(random, zones),
                        List.of(1_767_225_600L + random.nextInt(300_000_000)))));
    var answers = ask(cases);
    var compared = 0;
    for (var n = 0; n < cases.size(); n++) {
      var asked = cases.get(n);
      var name = (String) asked.get("zone");
      var at = ((List<?>) asked.get("at")).getFirst();
      var cron = Cron.of((String) asked.get("text"), name);
      var theirs = seconds(answers.get(n).get("next")).getFirst();
      if (isQuiet(TimeZones.of(name).orElseThrow(), (Long) at, theirs)) {
        compared++;
        assertThat(after(cron, (Long) at)).as("%s", asked).isEqualTo(theirs);
      }
    }
    assertThat(compared).isGreaterThan(3_000);
  }

  private static String range(Random random) {
    return of(random, List.of("*", "1-5", "0", "6", "*/2", "MON,FRI"));
  }

  private static boolean isQuiet(ZoneId zone, long from, long to) {
    var day = 86_400;
    var change = zone.getRules().nextTransition(Instant.ofEpochSecond(from - 2L * day));
    return Optional.ofNullable(change)
        .map(ZoneOffsetTransition::toEpochSecond)
        .filter(at -> at < to + 2L * day)
        .isEmpty();
  }

  // --- time zones

  @Test
  void a_time_zone_that_is_accepted_is_one_of_a_cronjob_and_has_the_same_offset() {
    var random = new Random(3);
    var texts =
        Stream.concat(
                TimeZones.names().stream().sorted(),
                Stream.concat(ODD_ZONES.stream(), texts(3, GrammarIT::zone).stream()))
            .distinct()
            .toList();
    var at =
        IntStream.range(0, 40).mapToObj(_ -> 1_577_836_800L + random.nextInt(500_000_000)).toList();
    var answers = ask(texts.stream().map(text -> question("zone", text, "", at)).toList());
    for (var n = 0; n < texts.size(); n++) {
      var text = texts.get(n);
      var theirs = answers.get(n);
      var ours = TimeZones.of(text);
      assertThat(ours.isPresent())
          .as("time zone '%s', of which Kubernetes says %s", text, theirs)
          .isEqualTo(!theirs.has("error"));
      ours.ifPresent(
          zone ->
              assertThat(
                      at.stream()
                          .map(
                              time ->
                                  (long)
                                      zone.getRules()
                                          .getOffset(Instant.ofEpochSecond(time))
                                          .getTotalSeconds())
                          .toList())
                  .as("offsets of %s", text)
                  .isEqualTo(seconds(theirs.get("offsets"))));
    }
  }

  private static final List<String> ODD_ZONES =
      List.of(
          "GMT+2",
          "GMT+0",
          "GMT-0",
          "UTC+2",
          "UTC+25",
          "UT",
          "Z",
          "+02:00",
          "local",
          "Local",
          "LOCAL",
          "EST",
          "MST",
          "HST",
          "ROC",
          "Factory",
          "EST5EDT",
          "SystemV/PST8",
          "CTT",
          "IST",
          "PST",
          "Etc/GMT+12",
          "Etc/GMT-14",
          "Etc/GMT+13",
          "Europe/Bielefeld",
          "Europe/Kyiv",
          "europe/berlin",
          "Europe/Berlin ",
          " Europe/Berlin",
          "Europe//Berlin",
          "/Europe/Berlin",
          "../Europe/Berlin",
          "Europe/../Europe/Berlin",
          "Asia/Calcutta",
          "US/Pacific-New",
          "");

  // --- durations

  /// h, m and s, in this order, and whole numbers of as many digits as the schema allows.
  @Test
  void a_duration_of_ours_means_the_same_to_go() {
    var texts = texts(4, GrammarIT::duration);
    var answers =
        ask(texts.stream().map(text -> question("duration", text, "", List.of())).toList());
    var accepted = 0;
    for (var n = 0; n < texts.size(); n++) {
      var ours = WrittenDuration.plain(texts.get(n));
      if (ours.isPresent()) {
        accepted++;
        assertThat(answers.get(n).has("error")).as("'%s'", texts.get(n)).isFalse();
        assertThat(ours.get().toNanos())
            .as("'%s'", texts.get(n))
            .isEqualTo(answers.get(n).get("nanos").asLong());
      }
    }
    assertThat(accepted).isGreaterThan(TEXTS / 50);
  }

  @Test
  void a_duration_of_others_is_read_as_go_reads_it() {
    var texts =
        Stream.concat(ODD_DURATIONS.stream(), texts(5, GrammarIT::duration).stream()).toList();
    var answers =
        ask(texts.stream().map(text -> question("duration", text, "", List.of())).toList());
    for (var n = 0; n < texts.size(); n++) {
      var ours = WrittenDuration.go(texts.get(n));
      var theirs = answers.get(n);
      assertThat(ours.isPresent())
          .as("'%s', of which Go says %s", texts.get(n), theirs)
          .isEqualTo(!theirs.has("error"));
      if (ours.isPresent()) {
        assertThat(ours.get().toNanos())
            .as("'%s'", texts.get(n))
            .isEqualTo(theirs.get("nanos").asLong());
      }
    }
  }

  private static final List<String> ODD_DURATIONS =
      List.of(
          "8760.0h",
          "1.5h30m",
          "2160h0m0s",
          ".5h",
          "5.h",
          ".h",
          "-1h",
          "+1h",
          "--1h",
          "0",
          "-0",
          "00",
          "1d",
          "1h 30m",
          "1H",
          "1ms",
          "1us",
          "1µs",
          "1μs",
          "1m1ms",
          "1mh",
          "0.1h",
          "0.333333333h",
          "0.9223372036854775807123456789h",
          "0.100000000000000000000h",
          "9223372036854775807ns",
          "9223372036854775808ns",
          "-9223372036854775808ns",
          "-9223372036854775809ns",
          "2562047h",
          "2562048h",
          "2562047h47m16.854775807s",
          "2562047h47m16.854775808s",
          "-2562047h47m16.854775808s",
          "000000000000000000000000001h",
          "٣h",
          "1h\n",
          "",
          " ");

  // --- texts

  private static List<String> texts(long seed, java.util.function.Function<Random, String> one) {
    var random = new Random(seed);
    return IntStream.range(0, TEXTS)
        .mapToObj(
            _ -> random.nextInt(4) == 0 ? spoilt(one.apply(random), random) : one.apply(random))
        .toList();
  }

  /// One character more, less, or another one.
  private static String spoilt(String text, Random random) {
    var at = text.isEmpty() ? 0 : random.nextInt(text.length());
    var odd =
        of(
            random,
            List.of(
                "-", "/", ",", "*", "7", "0", " ", "|", "#", "L", "@", "é", "\u200b", "+", "."));
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, at) + odd + text.substring(at);
      case 1 -> text.isEmpty() ? odd : text.substring(0, at) + text.substring(at + 1);
      default -> text.isEmpty() ? odd : text.substring(0, at) + odd + text.substring(at + 1);
    };
  }

  private static String cron(Random random) {
    if (random.nextInt(50) == 0) {
      return of(
          random,
          List.of(
              "@daily",
              "@every 1h",
              "TZ=UTC 0 2 * * *",
              "CRON_TZ=UTC 0 2 * * *",
              "TZ=0",
              "",
              "0 0 31 2 *",
              "0 0 29 2 *",
              "0 2 * * 7",
              "0 2 * * 5-7",
              "0 2 L * *",
              "0 2 * * 5#2",
              "0|30 2 * * *",
              "0 2 ? * *",
              "5/15 * * * *",
              "0 22-2 * * *",
              "* * * * * *",
              "0 2 1-7 * */7",
              "0 2 */2 * 1",
              "0 2 */1 * 1",
              "0 2 1,* * 1",
              "*-5 * * * *"));
    }
    return String.join(
        " ",
        field(random, 0, 59, List.of()),
        field(random, 0, 23, List.of()),
        field(random, 1, 31, List.of()),
        field(random, 1, 12, List.of("JAN", "feb", "Dec", "SUN")),
        field(random, 0, 6, List.of("SUN", "mon", "Sat", "JAN", "Sunday")));
  }

  private static String field(Random random, int least, int most, List<String> names) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> "*";
      case 3 -> item(random, least, most, names) + "," + item(random, least, most, names);
      default -> item(random, least, most, names);
    };
  }

  private static String item(Random random, int least, int most, List<String> names) {
    return switch (random.nextInt(10)) {
      case 0 -> "*/" + random.nextInt(most + 3);
      case 1 -> {
        var low = value(random, least, most, names);
        yield low + "-" + value(random, least, most, names);
      }
      case 2 -> {
        var low = random.nextInt(least, most);
        yield low + "-" + random.nextInt(low, most + 1) + "/" + random.nextInt(1, 9);
      }
      case 3 -> value(random, least, most, names) + "/" + random.nextInt(1, 9);
      case 4 -> "0" + random.nextInt(least, most + 1);
      case 5 -> random.nextInt(20) == 0 ? "?" : value(random, least, most, names);
      default -> value(random, least, most, names);
    };
  }

  private static String value(Random random, int least, int most, List<String> names) {
    if (!names.isEmpty() && random.nextInt(4) == 0) {
      return of(random, names);
    }
    return String.valueOf(
        random.nextInt(30) == 0 ? random.nextInt(100) : random.nextInt(least, most + 1));
  }

  private static String zone(Random random) {
    var names =
        List.of("Europe", "Berlin", "GMT", "UTC", "Etc", "EST", "America", "Indiana", "Knox");
    var text = new StringBuilder(of(random, names));
    IntStream.range(0, random.nextInt(3)).forEach(_ -> text.append('/').append(of(random, names)));
    return random.nextInt(3) == 0
        ? text.append(of(random, List.of("+", "-"))).append(random.nextInt(15)).toString()
        : text.toString();
  }

  private static String duration(Random random) {
    var text = new StringBuilder(of(random, List.of("", "", "", "", "-", "+")));
    IntStream.range(0, random.nextInt(1, 4))
        .forEach(
            _ -> {
              text.append(random.nextInt(random.nextInt(6) == 0 ? 2_000_000 : 3_000));
              if (random.nextInt(3) == 0) {
                text.append('.');
                IntStream.range(0, random.nextInt(12))
                    .forEach(_ -> text.append(random.nextInt(10)));
              }
              text.append(
                  of(
                      random,
                      List.of("h", "h", "h", "m", "m", "s", "s", "ms", "us", "µs", "ns", "d", "")));
            });
    return text.toString();
  }

  private static <T> T of(Random random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  // --- the program

  private static <T> Optional<T> accepted(Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (IllegalArgumentException rejected) {
      assertThat(rejected).hasMessageContaining("`schedule`");
      return Optional.empty();
    }
  }

  private static Map<String, Object> question(
      String kind, String text, String zone, List<Long> at) {
    var question = new LinkedHashMap<String, Object>();
    question.put("kind", kind);
    question.put("text", text);
    question.put("zone", zone);
    question.put("at", at);
    return question;
  }

  private static List<Long> seconds(JsonNode times) {
    return times.valueStream().map(JsonNode::asLong).toList();
  }

  private static List<JsonNode> ask(List<Map<String, Object>> questions) {
    if (!Files.isExecutable(PROGRAM)) {
      return fail(PROGRAM + " is missing: tools/build grammar");
    }
    try {
      var asked = Files.createTempFile("grammar", ".json");
      var lines = new ArrayList<String>();
      for (var question : questions) {
        lines.add(JSON.writeValueAsString(question));
      }
      Files.write(asked, lines, UTF_8);
      var process =
          new ProcessBuilder(PROGRAM.toString())
              .redirectInput(asked.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      List<JsonNode> answers;
      try (var out = process.inputReader(UTF_8)) {
        answers = Objects.requireNonNull(out).lines().map(GrammarIT::json).toList();
      }
      assertThat(process.waitFor()).isZero();
      Files.delete(asked);
      assertThat(answers).hasSameSizeAs(questions);
      return answers;
    } catch (IOException failed) {
      throw new AssertionError(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException failed) {
      throw new AssertionError(line, failed);
    }
  }
}
