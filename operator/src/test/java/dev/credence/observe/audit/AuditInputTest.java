// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.facts.evidence.AuditEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The fixtures of the clouds are the events of `k8s.jsonl` in the envelope of each.
class AuditInputTest {
  private static final Path FIXTURES = Path.of("src/test/resources/audit");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<AuditEvent> events = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "event-list.json, k8s",
    "eks-filter-log-events.json, eks",
    "eks-subscription.json, eks",
    "aks-event-hub.json, aks"
  })
  void an_envelope_changes_nothing(String file, AuditFormat format) throws IOException {
    var plain = events(AuditFormat.k8s, fixture("k8s.jsonl"));
    assertThat(plain).hasSize(5);
    assertThat(events(format, fixture(file))).isEqualTo(plain);
    assertThat(events(AuditFormat.auto, fixture(file))).isEqualTo(plain);
  }

  /// What Vector, Fluent Bit and a push subscription of Pub/Sub make of a line or a message.
  @ParameterizedTest
  @CsvSource({
    "k8s.jsonl, '[{\"file\":\"/var/log/audit.log\",\"message\":%s}]', text",
    "k8s.jsonl, '{\"date\":1798797601.1,\"log\":%s}', text",
    "aks-event-hub.json, '{\"source_type\":\"kafka\",\"message\":%s}', text",
    "eks-subscription.json, '{\"message\":%s}', text",
    "gke-logging-read.json, '{\"message\":{\"data\":%s,\"messageId\":\"7\"},\"subscription\":\"s\"}', base64"
  })
  void forwarders_and_subscriptions_change_nothing(String file, String envelope, String form)
      throws IOException {
    var text = new String(fixture(file), UTF_8);
    var body = new StringBuilder();
    for (var message : messages(file, text)) {
      var inner =
          form.equals("text")
              ? message
              : Base64.getEncoder().encodeToString(message.getBytes(UTF_8));
      body.append(envelope.formatted(JSON.writeValueAsString(inner))).append('\n');
    }
    var input = new AuditInput(AuditFormat.auto, events::add);
    assertThat(input.stream(new ByteArrayInputStream(body.toString().getBytes(UTF_8)))).isEmpty();
    assertThat(events)
        .extracting(AuditEvent::auditId, AuditEvent::right, AuditEvent::code)
        .isEqualTo(
            events(AuditFormat.k8s, fixture("k8s.jsonl")).stream()
                .map(event -> tuple(event.auditId(), event.right(), event.code()))
                .toList());
  }

  private static List<String> messages(String file, String text) throws IOException {
    if (file.endsWith(".jsonl")) {
      return text.lines().toList();
    }
    var messages = new ArrayList<String>();
    var json = JSON.readTree(text);
    if (json.isArray()) {
      json.forEach(entry -> messages.add(entry.toString()));
    } else {
      messages.add(json.toString());
    }
    return messages;
  }

  @Test
  void a_stream_names_the_line_that_is_no_json_and_keeps_what_came_before() throws IOException {
    var lines = new String(fixture("k8s.jsonl"), UTF_8).lines().toList();
    var input = new AuditInput(AuditFormat.auto, events::add);
    var body = lines.get(0) + "\n" + lines.get(1) + "\n{\"kind\": oops}\n" + lines.get(2);
    assertThat(input.stream(new ByteArrayInputStream(body.getBytes(UTF_8))))
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("Line 3 is no JSON: "));
    assertThat(events).hasSize(2);
    assertThat(input.broken()).isEqualTo(1);
  }

  /// Cloud Logging has no credential, and another scale of codes.
  @Test
  void an_entry_of_gke_is_the_same_event_without_its_credential() throws IOException {
    var expected =
        events(AuditFormat.k8s, fixture("k8s.jsonl")).stream()
            .map(
                event ->
                    new AuditEvent(
                        event.auditId(),
                        event.time(),
                        event.user(),
                        event.right(),
                        event.name(),
                        event.code(),
                        event.address(),
                        event.agent(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
            .toList();
    assertThat(events(AuditFormat.gke, fixture("gke-logging-read.json"))).isEqualTo(expected);
  }

  @Test
  void only_the_format_that_was_asked_for_is_read() throws IOException {
    var input = new AuditInput(AuditFormat.eks, events::add);
    input.read(new ByteArrayInputStream(fixture("k8s.jsonl")));
    assertThat(events).isEmpty();
    assertThat(input.others()).isEqualTo(5);
  }

  @Test
  void the_last_address_counts_since_a_client_can_write_the_others() throws IOException {
    assertThat(events(AuditFormat.auto, fixture("k8s.jsonl")))
        .allSatisfy(event -> assertThat(event.address()).isEqualTo("10.4.1.7"));
  }

  @Test
  void a_broken_line_is_skipped_and_counted() throws IOException {
    var good = new String(fixture("k8s.jsonl"), UTF_8);
    var input = new AuditInput(AuditFormat.auto, events::add);
    var text =
        good.substring(300)
            + "\n\n{\"kind\":\"Pod\"}\n[1, 2]\nno json\n{\"auditID\":\"a\",\"stage\":\"ResponseComplete\"}\n"
            + good.lines().findFirst().orElseThrow()
            + "{}\n";
    input.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
    // The first line is cut, "no json" is none, and the last is two values.
    assertThat(input.broken()).isEqualTo(3);
    // A Pod and two numbers.
    assertThat(input.others()).isEqualTo(3);
    assertThat(events).hasSize(4);
  }

  @Test
  void compressed_files_are_recognized_and_a_cut_one_is_reported() throws IOException {
    var plain = fixture("k8s.jsonl");
    var compressed = gzip(plain);
    assertThat(events(AuditFormat.auto, compressed)).isEqualTo(events(AuditFormat.auto, plain));

    var input = new AuditInput(AuditFormat.auto, _ -> {});
    input.read(new ByteArrayInputStream(Arrays.copyOf(compressed, compressed.length / 2)));
    assertThat(input.truncated()).isEqualTo(1);
  }

  @Test
  void a_line_without_end_costs_no_memory_and_hides_no_other_line() throws IOException {
    var line = "x".repeat(1 << 20).getBytes(UTF_8);
    var out = new ByteArrayOutputStream();
    for (var i = 0; i < 40; i++) {
      out.write(line);
    }
    out.write('\n');
    out.write(fixture("k8s.jsonl"));
    var input = new AuditInput(AuditFormat.auto, events::add);
    input.read(new ByteArrayInputStream(out.toByteArray()));
    assertThat(input.broken()).isEqualTo(1);
    assertThat(events).hasSize(5);
  }

  @Test
  void a_document_that_ends_too_early_keeps_what_came_before() throws IOException {
    var whole = fixture("eks-filter-log-events.json");
    var input = new AuditInput(AuditFormat.auto, events::add);
    input.read(new ByteArrayInputStream(Arrays.copyOf(whole, whole.length * 3 / 4)));
    assertThat(events).hasSizeBetween(3, 4);
    assertThat(input.truncated()).isEqualTo(1);
  }

  @Test
  void an_event_before_its_answer_is_read_and_says_nothing() throws IOException {
    var begun =
        new String(fixture("k8s.jsonl"), UTF_8).replace("ResponseComplete", "RequestReceived");
    var input = new AuditInput(AuditFormat.auto, events::add);
    input.read(new ByteArrayInputStream(begun.getBytes(UTF_8)));
    assertThat(input.read()).isEqualTo(5);
    assertThat(events).isEmpty();
  }

  private static byte[] fixture(String name) throws IOException {
    return Files.readAllBytes(FIXTURES.resolve(name));
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var compressed = new GZIPOutputStream(out)) {
      compressed.write(plain);
    }
    return out.toByteArray();
  }

  private static List<AuditEvent> events(AuditFormat format, byte[] bytes) throws IOException {
    var events = new ArrayList<AuditEvent>();
    new AuditInput(format, events::add).read(new ByteArrayInputStream(bytes));
    return events;
  }
}
