// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;

import dev.credence.facts.text.Truncation;
import dev.credence.report.Entry.Credential;
import dev.credence.report.Inventory.Tally;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The plots of the page, where a shape says more than a table: drawn as SVG, without a script and
/// without a file from elsewhere. Colours are classes, so that they follow light and dark.
final class Plots {
  private static final int WIDTH = 520;

  /// Of a plot of columns: where it begins, and how high a column can be.
  private static final int LEFT = 40;

  private static final int TOP = 10;
  private static final int HIGH = 130;
  private static final int WEEKS = 13;
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int PARTS = 10;

  /// `tone` is a class of the style sheet.
  private record Bar(String label, long value, String tone) {}

  /// Parts of a column from the bottom up, in the order of the tones.
  private record Column(String label, List<Integer> parts) {
    int height() {
      return parts.stream().mapToInt(Integer::intValue).sum();
    }
  }

  static List<DomContent> of(Inventory inventory) {
    var now = inventory.origin().at();
    return List.of(
        bars("Identities by lifecycle state", states(inventory.byState())),
        bars("Identities by type", types(inventory.byType())),
        timeline(inventory, now),
        ages(inventory, now),
        bars("Risk findings by severity", severities(inventory)),
        bars("ServiceAccounts", coverage(inventory)));
  }

  private static List<Bar> states(List<Tally> tallies) {
    return tallies.stream()
        .map(tally -> new Bar(tally.value(), tally.identities(), tone(tally.value())))
        .toList();
  }

  private static String tone(String state) {
    return switch (state) {
      case "Active" -> "good";
      case "Rotating", "Provisioning" -> "busy";
      case "Requested" -> "warn";
      case "Suspended" -> "bad";
      default -> "mute";
    };
  }

  private static List<Bar> types(List<Tally> tallies) {
    return tallies.stream()
        .map(
            tally ->
                new Bar(
                    tally.value(),
                    tally.identities(),
                    tally.value().startsWith("(") ? "mute" : "busy"))
        .toList();
  }

  private static List<Bar> severities(Inventory inventory) {
    var risks = inventory.living().stream().map(Entry::risk).toList();
    return List.of(
        new Bar("Critical", risks.stream().mapToLong(Entry.Risk::critical).sum(), "bad"),
        new Bar("High", risks.stream().mapToLong(Entry.Risk::high).sum(), "bad"),
        new Bar("Medium", risks.stream().mapToLong(Entry.Risk::medium).sum(), "warn"),
        new Bar("Low", risks.stream().mapToLong(Entry.Risk::low).sum(), "mute"));
  }

  private static List<Bar> coverage(Inventory inventory) {
    var claimed =
        inventory.identities().stream().mapToLong(entry -> entry.members().serviceAccounts()).sum();
    return Stream.concat(
            Stream.of(new Bar("claimed", claimed, "good")),
            inventory.unclaimed().stream()
                .map(
                    rows ->
                        new Bar(
                            "unclaimed",
                            rows.stream().filter(UnclaimedRow::isAccount).count(),
                            "warn")))
        .toList();
  }

  private static DomContent bars(String title, List<Bar> bars) {
    var most = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(0));
    var left = 150;
    var room = WIDTH - left - 60;
    var rows =
        IntStream.range(0, bars.size())
            .mapToObj(
                index -> {
                  var bar = bars.get(index);
                  var y = 4 + 28 * index;
                  var length = bar.value() == 0 ? 0 : Math.max(2, room * bar.value() / most);
                  return svg("g")
                      .with(
                          text(left - 10, y + 16, "end", Truncation.truncate(bar.label(), 20)),
                          rectangle(left, y, length, 22, bar.tone())
                              .with(svg("title").withText(bar.label() + ": " + bar.value())),
                          text(left + length + 8, y + 16, "start", String.valueOf(bar.value())));
                })
            .toList();
    return plot(title, 8 + 28 * Math.max(1, bars.size()), rows, Optional.empty());
  }

  /// Expirations and due reviews, week by week from now on.
  private static DomContent timeline(Inventory inventory, Instant now) {
    var identities = times(inventory.endings().filter(end -> end.what().equals("identity")));
    var credentials = times(inventory.endings().filter(end -> !end.what().equals("identity")));
    var reviews =
        inventory.living().stream().flatMap(entry -> entry.review().due().stream()).toList();
    var columns = new ArrayList<Column>();
    columns.add(
        new Column(
            "past",
            Stream.of(identities, credentials, reviews)
                .map(times -> (int) times.stream().filter(at -> !at.isAfter(now)).count())
                .toList()));
    for (var week = 0; week < WEEKS; week++) {
      var from = now.plus(WEEK.multipliedBy(week));
      var until = from.plus(WEEK);
      columns.add(
          new Column(
              week % 3 == 1 ? Tables.day(from).substring(5) : "",
              Stream.of(identities, credentials, reviews)
                  .map(
                      times ->
                          (int)
                              times.stream()
                                  .filter(at -> at.isAfter(from) && !at.isAfter(until))
                                  .count())
                  .toList()));
    }
    return columns(
        "Expirations and reviews in the next 90 days",
        columns,
        List.of("bad", "warn", "busy"),
        List.of(
            "identities that expire",
            "credentials that expire without a planned rotation",
            "reviews due"));
  }

  private static List<Instant> times(Stream<Inventory.Ending> endings) {
    return endings.map(Inventory.Ending::at).toList();
  }

  /// The age of credentials, relative to the interval of their policy.
  private static DomContent ages(Inventory inventory, Instant now) {
    var counts = new int[PARTS + 1];
    inventory
        .held(credential -> credential.issued().isPresent())
        .forEach(held -> part(held.credential(), now).ifPresent(part -> counts[part]++));
    var columns =
        IntStream.rangeClosed(0, PARTS)
            .mapToObj(
                part ->
                    new Column(
                        part == PARTS ? "over" : part * PARTS + " %",
                        part == PARTS ? List.of(0, counts[part]) : List.of(counts[part], 0)))
            .toList();
    return columns(
        "Age of credentials relative to their lifetime",
        columns,
        List.of("good", "bad"),
        List.of("within their lifetime", "past it"));
  }

  private static Optional<Integer> part(Credential credential, Instant now) {
    return credential
        .next()
        .or(credential::ends)
        .flatMap(
            due ->
                credential
                    .issued()
                    .map(
                        issued -> {
                          var life = ChronoUnit.SECONDS.between(issued, due);
                          var age = ChronoUnit.SECONDS.between(issued, now);
                          return !due.isAfter(now) || life <= 0
                              ? PARTS
                              : (int) Math.clamp(age * PARTS / life, 0, PARTS - 1);
                        }));
  }

  private static DomContent columns(
      String title, List<Column> columns, List<String> tones, List<String> legend) {
    var most = Math.max(1, columns.stream().mapToInt(Column::height).max().orElse(0));
    var step = (WIDTH - LEFT - 10) / columns.size();
    var parts = new ArrayList<DomContent>(grid(most));
    for (var index = 0; index < columns.size(); index++) {
      parts.addAll(
          column(columns.get(index), LEFT + step * index + 3, step - 6, most, tones, legend));
    }
    return plot(title, TOP + HIGH + 28, parts, Optional.of(legend(tones, legend)));
  }

  /// Horizontal lines with their values.
  private static List<DomContent> grid(int most) {
    return Stream.of(0, most / 2, most)
        .distinct()
        .flatMap(
            share -> {
              var y = TOP + HIGH - HIGH * share / most;
              return Stream.<DomContent>of(
                  svg("line")
                      .attr("class", "grid")
                      .attr("x1", LEFT)
                      .attr("x2", WIDTH - 10)
                      .attr("y1", y)
                      .attr("y2", y),
                  text(LEFT - 8, y + 4, "end", String.valueOf(share)));
            })
        .toList();
  }

  private static List<DomContent> column(
      Column column, int x, int wide, int most, List<String> tones, List<String> legend) {
    var parts = new ArrayList<DomContent>();
    var y = TOP + HIGH;
    for (var part = 0; part < tones.size(); part++) {
      var value = column.parts().get(part);
      if (value > 0) {
        var height = Math.max(2, HIGH * value / most);
        y -= height;
        parts.add(
            rectangle(x, y, wide, height, tones.get(part))
                .with(
                    svg("title")
                        .withText(
                            (column.label() + " " + legend.get(part) + ": " + value).strip())));
      }
    }
    parts.add(text(x + wide / 2, TOP + HIGH + 18, "middle", column.label()));
    return parts;
  }

  private static DomContent legend(List<String> tones, List<String> legend) {
    return span(each(
            IntStream.range(0, tones.size()).boxed().toList(),
            index ->
                span(
                        svg("svg")
                            .attr("class", "key")
                            .attr("viewBox", "0 0 10 10")
                            .with(rectangle(0, 0, 10, 10, tones.get(index))),
                        span(legend.get(index)))
                    .withClass("named")))
        .withClass("legend");
  }

  private static DomContent plot(
      String title, int height, List<? extends DomContent> parts, Optional<DomContent> legend) {
    return figure(
        figcaption(span(title).withClass("title"), legend.orElseGet(() -> span(""))),
        svg("svg")
            .attr("viewBox", "0 0 " + WIDTH + " " + height)
            .attr("role", "img")
            .attr("aria-label", title)
            .with(parts));
  }

  private static ContainerTag<?> rectangle(long x, long y, long width, long height, String tone) {
    return svg("rect")
        .attr("class", tone)
        .attr("x", x)
        .attr("y", y)
        .attr("width", width)
        .attr("height", height)
        .attr("rx", 2);
  }

  private static ContainerTag<?> text(long x, long y, String anchor, String words) {
    return svg("text").attr("x", x).attr("y", y).attr("text-anchor", anchor).withText(words);
  }

  private static ContainerTag<?> svg(String name) {
    return tag(name);
  }

  private Plots() {}
}
