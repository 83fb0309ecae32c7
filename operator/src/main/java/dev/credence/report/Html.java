// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.button;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.document;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.input;
import static j2html.TagCreator.join;
import static j2html.TagCreator.li;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.style;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.title;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;
import static java.nio.charset.StandardCharsets.UTF_8;

import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/// The report as one page that an auditor can keep: it asks for nothing from anywhere, and its own
/// policy forbids it. Every text goes through the library that escapes it.
final class Html {
  private static final String STYLE = resource("page.css");
  private static final String SCRIPT = resource("page.js");
  private static final Pattern END_OF_LINE =
      Pattern.compile("(</(?:tr|dd|figure|section|head|nav|header|h2)>)");
  private static final int WORTH_A_FILTER = 6;
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /// Whatever gets into the page: nothing is loaded, sent or run but this style and this script.
  private static final String POLICY =
      "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
          .formatted(digest(STYLE), digest(SCRIPT));

  static void write(Inventory inventory, Writer out) throws IOException {
    // Lines, so that two reports can be compared.
    out.write(END_OF_LINE.matcher(page(inventory)).replaceAll("$1\n"));
    out.write("\n");
  }

  private static String page(Inventory inventory) {
    var origin = inventory.origin();
    var sheets = Tables.of(inventory);
    return document(
        html(
                head(
                    meta().withCharset("utf-8"),
                    meta().attr("http-equiv", "Content-Security-Policy").withContent(POLICY),
                    meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
                    meta().withName("referrer").withContent("no-referrer"),
                    title("Machine identities, " + Tables.day(origin.at())),
                    style(rawHtml(STYLE))),
                body(
                    top(inventory),
                    main(
                        section(
                                h2("In short"),
                                dl(
                                    each(
                                        Summary.of(inventory),
                                        answer ->
                                            join(dt(answer.question()), dd(answer.answer())))))
                            .withId("summary"),
                        section(
                                h2("In pictures"),
                                div().withClass("plots").with(Plots.of(inventory)))
                            .withId("pictures"),
                        contents(sheets),
                        each(sheets, Html::shown)),
                    footer(
                        p(
                            "Made by credence "
                                + origin.version()
                                + " from what the operator wrote into the status of each identity.")),
                    script(rawHtml(SCRIPT))))
            .withLang("en"));
  }

  private static DomContent top(Inventory inventory) {
    var origin = inventory.origin();
    return header(
        h1("Machine identities"),
        p(
            span(origin.scope()),
            span(origin.cluster()),
            span(Tables.time(origin.at()) + " UTC").withClass("time")),
        iff(
            !inventory.gaps().isEmpty(),
            div(p("This report is partial:"), ul(each(inventory.gaps(), gap -> li(gap))))
                .withClass("gaps")
                .attr("role", "note")));
  }

  private static DomContent contents(List<Table> sheets) {
    return nav(
        ul(
            each(
                sheets,
                sheet ->
                    li(
                        a(sheet.title()).withHref("#" + sheet.id()),
                        span(String.valueOf(sheet.rows().size()))
                            .withClass(sheet.rows().isEmpty() ? "count none" : "count")))));
  }

  private static DomContent shown(Table sheet) {
    return sheet.rows().isEmpty()
        ? section(h2(sheet.title()), p(sheet.otherwise()).withClass("fine")).withId(sheet.id())
        : section(
                h2(sheet.title()),
                iff(sheet.rows().size() >= WORTH_A_FILTER, filter(sheet)),
                div(table(thead(tr(each(sheet.columns(), Html::heading))), rows(sheet)))
                    .withClass("wide"))
            .withId(sheet.id());
  }

  private static DomContent filter(Table sheet) {
    return input()
        .withType("search")
        .withClass("filter")
        .withPlaceholder("filter " + sheet.rows().size() + " rows")
        .attr("aria-label", "filter the rows of: " + sheet.title());
  }

  private static DomContent heading(String column) {
    return th(button(column.substring(0, 1) + column.substring(1).toLowerCase(Locale.ROOT))
            .withType("button"))
        .attr("scope", "col");
  }

  private static DomContent rows(Table sheet) {
    return tbody(each(sheet.rows(), row -> tr(each(row, Html::cell))));
  }

  private static DomContent cell(String text) {
    var cell = td(text);
    return NUMBER.matcher(text).matches()
        ? cell.withClass("number")
        : tone(text).isEmpty() ? cell : cell.withClass(tone(text));
  }

  /// Words that stand for themselves in any column.
  private static String tone(String text) {
    return switch (text) {
      case "Critical", "High", "Blocked", "Expired" -> "bad";
      case "Medium", "Deferred", "Due", "Suspended", "(none)" -> "warn";
      default -> "";
    };
  }

  private static String resource(String name) {
    try (InputStream found = Html.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(found, "the program lacks " + name).readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String digest(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }

  private Html() {}
}
