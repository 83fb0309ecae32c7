// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.cli.show.StatusRow;
import dev.credence.facts.text.Truncation;
import dev.credence.report.PlainText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BiFunction;

/// The body that a webhook accepts.
enum Format {
  /// CloudEvents 1.0, structured mode
  cloudevents("application/cloudevents+json; charset=utf-8", 60_000, Format::event),
  /// an incoming webhook of Slack
  slack("application/json; charset=utf-8", 30_000, Format::slackMessage),
  /// a workflow of Microsoft Teams that posts an Adaptive Card
  teams("application/json; charset=utf-8", 24_000, Format::teamsMessage);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_PROBLEMS = 100;
  private static final int MOST_OF_A_CHAT = 20;
  private static final int LONGEST_MESSAGE = 500;
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_BLOCK = 2900;
  private static final int LONGEST_HEADER = 150;
  private static final String PLAIN_TEXT = "plain_text";

  private final String contentType;
  private final int mostBytes;
  private final BiFunction<NoticeText, Instant, ObjectNode> writer;

  Format(String contentType, int mostBytes, BiFunction<NoticeText, Instant, ObjectNode> writer) {
    this.contentType = contentType;
    this.mostBytes = mostBytes;
    this.writer = writer;
  }

  String contentType() {
    return contentType;
  }

  /// Lists as many problems as the receiver accepts.
  byte[] body(Notice notice, String cluster, Instant now) {
    var most = this == cloudevents ? MOST_PROBLEMS : MOST_OF_A_CHAT;
    while (true) {
      var text = writer.apply(new NoticeText(notice, cluster, most), now).toString();
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length <= mostBytes || most == 1) {
        return bytes;
      }
      most /= 2;
    }
  }

  private static ObjectNode event(NoticeText text, Instant now) {
    var notice = text.notice();
    var recipient = notice.group().recipient();
    var event = JSON.createObjectNode();
    event.put("specversion", "1.0");
    event.put("id", notice.id());
    event.put(
        "source",
        "urn:credence:cluster:"
            + URLEncoder.encode(text.cluster(), StandardCharsets.UTF_8).replace("+", "%20"));
    event.put("type", "dev.credence.notice." + notice.kind() + ".v1");
    event.put("time", now.truncatedTo(ChronoUnit.SECONDS).toString());
    event.put("datacontenttype", "application/json");
    var data = event.putObject("data");
    data.put("subject", text.subject());
    recipient.address().ifPresent(address -> data.put("address", address));
    recipient.team().ifPresent(team -> data.put("team", cut(team, LONGEST_NAME)));
    data.put("problems", notice.shown().size());
    data.put("manualActions", notice.manual());
    data.put("omitted", text.omitted());
    var items = data.putArray("items");
    text.listed().forEach(problem -> item(items.addObject(), problem));
    return event;
  }

  private static void item(ObjectNode item, StatusRow problem) {
    item.put("object", cut(problem.object(), 2 * LONGEST_NAME));
    problem.namespace().ifPresent(namespace -> item.put("namespace", namespace));
    item.put("urgency", problem.urgency().name());
    item.put("manualAction", problem.urgency().isManual());
    item.put("reason", cut(problem.reason(), LONGEST_NAME));
    problem
        .since()
        .ifPresent(at -> item.put("since", at.truncatedTo(ChronoUnit.SECONDS).toString()));
    item.put("message", cut(problem.message(), LONGEST_MESSAGE));
    problem.contact().ifPresent(contact -> item.put("owner", cut(contact, LONGEST_NAME)));
  }

  private static String cut(String text, int most) {
    return Truncation.truncate(PlainText.text(text), most);
  }

  /// Plain text blocks: Slack interprets no markup and no mention in them.
  private static ObjectNode slackMessage(NoticeText text, Instant now) {
    var message = JSON.createObjectNode();
    // For notifications and screen readers. Slack shows the blocks.
    message.put(
        "text", text.subject().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    var blocks = message.putArray("blocks");
    plain(
        blocks.addObject().put("type", "header").putObject("text"),
        Truncation.truncate(text.subject(), LONGEST_HEADER));
    var block = new StringBuilder();
    for (var line : text.lines()) {
      if (block.length() + line.length() > LONGEST_BLOCK) {
        section(blocks.addObject(), block);
        block.setLength(0);
      }
      block.append(line).append('\n');
    }
    section(blocks.addObject(), block);
    return message;
  }

  private static void section(ObjectNode block, StringBuilder text) {
    plain(block.put("type", "section").putObject("text"), text.toString().strip());
  }

  private static void plain(ObjectNode node, String text) {
    node.put("type", PLAIN_TEXT).put("text", text).put("emoji", false);
  }

  /// Text runs: Teams interprets no Markdown in them.
  private static ObjectNode teamsMessage(NoticeText text, Instant now) {
    var message = JSON.createObjectNode();
    message.put("type", "message");
    var attachment = message.putArray("attachments").addObject();
    attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
    var card = attachment.putObject("content");
    card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    card.put("type", "AdaptiveCard").put("version", "1.4");
    card.putObject("msteams").put("width", "Full");
    var body = card.putArray("body");
    run(body.addObject(), text.subject()).put("weight", "Bolder").put("size", "Medium");
    text.lines().stream()
        .filter(line -> !line.isBlank())
        .forEach(line -> run(body.addObject(), line));
    return message;
  }

  private static ObjectNode run(ObjectNode block, String text) {
    return block
        .put("type", "RichTextBlock")
        .putArray("inlines")
        .addObject()
        .put("type", "TextRun")
        .put("text", text);
  }
}
