// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.NOW;
import static dev.credence.cli.notify.Sample.blocked;
import static dev.credence.cli.notify.Sample.digest;
import static dev.credence.cli.notify.Sample.late;
import static dev.credence.cli.notify.Sample.problem;
import static dev.credence.cli.notify.Sample.withMessage;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.cli.show.StatusRow;
import dev.credence.cli.show.StatusRow.Urgency;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode body(Format format, Notice notice) throws IOException {
    return JSON.readTree(format.body(notice, "prod eu", NOW));
  }

  @Test
  void a_cloud_event_has_the_required_attributes_and_the_problems() throws IOException {
    var notice = digest(blocked(), late());
    assertThat(body(Format.cloudevents, notice))
        .isEqualTo(
            JSON.readTree(
                """
                {"specversion": "1.0", "id": "%s", "source": "urn:credence:cluster:prod%%20eu",
                 "type": "dev.credence.notice.digest.v1", "time": "2026-11-22T08:10:00Z",
                 "datacontenttype": "application/json",
                 "data": {
                  "subject": "[Credence prod eu] 2 problems, 1 requires a manual action (team sales)",
                  "address": "alice@example.com", "team": "sales", "problems": 2, "manualActions": 1,
                  "omitted": 0, "items": [
                   {"object": "Secret sales/crm-db", "namespace": "sales", "urgency": "Blocked",
                    "manualAction": true, "reason": "Blocked", "since": "2026-11-22T02:00:00Z",
                    "message": "The hook failed 5 times. Fix it, and clear the state.",
                    "owner": "alice@example.com"},
                   {"object": "Secret sales/crm-api", "namespace": "sales",
                    "urgency": "RotationOverdue", "manualAction": false,
                    "reason": "RotationOverdue", "since": "2026-11-22T02:00:00Z",
                    "message": "The hook failed 5 times. Fix it, and clear the state.",
                    "owner": "alice@example.com"}]}}
                """
                    .formatted(notice.id())));
    assertThat(Format.cloudevents.contentType()).startsWith("application/cloudevents+json");
  }

  @Test
  void slack_gets_plain_text_blocks_that_mention_nobody() throws IOException {
    var message =
        body(Format.slack, digest(withMessage("<!channel> *bold* <https://evil.example|x>")));
    assertThat(message.path("text").asText()).doesNotContain("<", ">");
    assertThat(message.path("blocks"))
        .isNotEmpty()
        .allSatisfy(
            block -> {
              assertThat(block.path("text").path("type").asText()).isEqualTo("plain_text");
              assertThat(block.path("text").path("text").asText()).isNotBlank();
            });
    assertThat(message.path("blocks").get(1).path("text").path("text").asText())
        .contains("Secret sales/crm-db: Blocked, requires a manual action", "<!channel>");
  }

  @Test
  void slack_accepts_each_block() throws IOException {
    var many =
        IntStream.range(0, 60)
            .mapToObj(
                number ->
                    problem(
                        Urgency.Blocked,
                        "Secret sales/s%02d".formatted(number),
                        "alice@example.com",
                        "sales"))
            .toArray(StatusRow[]::new);
    var message = body(Format.slack, digest(many));
    assertThat(message.path("blocks").size()).isLessThanOrEqualTo(50);
    assertThat(message.path("blocks"))
        .allSatisfy(
            block ->
                assertThat(block.path("text").path("text").asText().length()).isLessThan(3000));
    assertThat(message.toString()).contains("40 more are not listed here.");
  }

  @Test
  void teams_gets_a_card_of_text_runs() throws IOException {
    var message =
        body(Format.teams, digest(withMessage("[click](https://evil.example) <at>all</at>")));
    assertThat(message.path("type").asText()).isEqualTo("message");
    var attachment = message.path("attachments").get(0);
    assertThat(attachment.path("contentType").asText())
        .isEqualTo("application/vnd.microsoft.card.adaptive");
    assertThat(attachment.path("content").path("type").asText()).isEqualTo("AdaptiveCard");
    assertThat(attachment.path("content").path("body"))
        .allSatisfy(
            block -> {
              assertThat(block.path("type").asText()).isEqualTo("RichTextBlock");
              assertThat(block.path("inlines").get(0).path("type").asText()).isEqualTo("TextRun");
            });
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void a_body_fits_though_the_messages_are_long(Format format) throws IOException {
    var hostile = "\u0001\u202E€".repeat(20_000);
    var many =
        IntStream.range(0, 300)
            .mapToObj(
                number ->
                    new StatusRow(
                        Urgency.Blocked,
                        "Secret sales/s%03d".formatted(number),
                        "Blocked",
                        Optional.empty(),
                        hostile,
                        Optional.of("alice@example.com"),
                        Optional.of("sales\r\nBcc: x@example.com"),
                        0,
                        Optional.empty()))
            .toArray(StatusRow[]::new);
    var bytes = format.body(digest(many), "prod", NOW);
    assertThat(bytes.length).isLessThan(format == Format.teams ? 28_000 : 64_000);
    assertThat(JSON.readTree(bytes).toString()).doesNotContain("\\u0001", "\u202E", "\\r");
  }

  @Test
  void the_subject_is_one_short_line() {
    var hostile =
        problem(
            Urgency.Blocked,
            "Secret sales/crm-db",
            "alice@example.com",
            "sales\r\nBcc: x" + "y".repeat(200));
    var text = new NoticeText(digest(hostile), "eu\nwest", 10);
    assertThat(text.subject()).hasSizeLessThan(151).doesNotContain("\n", "\r");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).doesNotContain("\n", "\r"));
  }

  @Test
  void the_text_of_the_fallback_names_the_owner_that_is_no_address() {
    var text =
        new NoticeText(
            digest(problem(Urgency.Blocked, "Secret sales/a", "#oncall", "sales")), "", 10);
    assertThat(text.lines()).contains("  The owner is #oncall.");
    assertThat(text.subject())
        .isEqualTo("[Credence] 1 problem, 1 requires a manual action (team sales)");
    var nobody = new NoticeText(digest(problem(Urgency.Blocked, "Secret sales/a", "", "")), "", 10);
    assertThat(nobody.lines()).contains("  It has no owner.");
    assertThat(new NoticeText(digest(blocked()), "", 10).text())
        .isEqualTo(
            """
            These problems of machine identities are open, the most urgent first:

            Secret sales/crm-db: Blocked, requires a manual action, since 2026-11-22T02:00:00Z
              The hook failed 5 times. Fix it, and clear the state.

            To list them all:
              kubectl credence status -n sales
            """);
  }
}
