// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.credence.facts.evidence.AuditEvent;
import dev.credence.raw.UntrustedText;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads audit events from a stream, plain or compressed with gzip: one JSON value in a line,
/// or one formatted JSON document, as cloud command lines print it. What is no event is
/// skipped and counted. Nothing larger than one line or one entry of a document is held in
/// memory.
public final class AuditInput {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_LINE = 1 << 25;
  private static final int DEEPEST = 4;
  private static final Set<String> ENVELOPES = Set.of("items", "events", "logEvents", "records");
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private final AuditFormat format;
  private final Consumer<AuditEvent> events;
  private long read;
  private long broken;
  private long others;
  private long truncated;

  public AuditInput(AuditFormat format, Consumer<AuditEvent> events) {
    this.format = format;
    this.events = events;
  }

  /// Audit events so far, whatever their stage.
  public long read() {
    return read;
  }

  /// Lines that are no JSON, or too long.
  public long broken() {
    return broken;
  }

  /// JSON values that are no audit event of the format.
  public long others() {
    return others;
  }

  /// Inputs that end in the middle.
  public long truncated() {
    return truncated;
  }

  public void read(InputStream raw) throws IOException {
    try {
      var lines = new Lines(decompressed(raw), LONGEST_LINE);
      var line = lines.next();
      var isDocument = line.map(first -> isOpening(first.bytes())).orElse(false);
      if (isDocument) {
        document(lines.rest(line.orElseThrow().bytes()));
        return;
      }
      for (; line.isPresent(); line = lines.next()) {
        line(line.orElseThrow());
      }
    } catch (EOFException | ZipException end) {
      truncated++;
    }
  }

  /// Reads JSON values one after the other, not compressed: one document, or one value in a line,
  /// and closes the stream. Empty, or the line and the cause where it ends to be JSON; what was
  /// before is read.
  public Optional<String> stream(InputStream raw) throws IOException {
    try (var parser = JSON.createParser(raw)) {
      while (parser.nextToken() != null) {
        root(parser);
      }
      return Optional.empty();
    } catch (JsonProcessingException wrong) {
      broken++;
      return Optional.of(
          "Line %d is no JSON: %s"
              .formatted(
                  wrong.getLocation().getLineNr(),
                  UntrustedText.oneLine(wrong.getOriginalMessage())));
    }
  }

  /// The same where it is not gzip.
  public static InputStream decompressed(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER);
    in.mark(GZIP.length);
    var start = in.readNBytes(GZIP.length);
    in.reset();
    return Arrays.equals(start, GZIP)
        ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER)
        : in;
  }

  /// A formatted document begins with a bracket alone.
  private static boolean isOpening(byte[] line) {
    return line.length < BUFFER && new String(line, UTF_8).strip().matches("[\\[{]");
  }

  private void line(Lines.Line line) {
    if (line.tooLong()) {
      broken++;
      return;
    }
    if (isBlank(line.bytes())) {
      return;
    }
    try (var parser = JSON.createParser(line.bytes())) {
      JsonNode value = JSON.readTree(parser);
      if (value == null || parser.nextToken() != null) {
        broken++;
      } else {
        value(value, 0);
      }
    } catch (IOException wrong) {
      broken++;
    }
  }

  private static boolean isBlank(byte[] line) {
    for (var one : line) {
      if (one != ' ' && one != '\t' && one != '\r') {
        return false;
      }
    }
    return true;
  }

  /// One document, whose entries are handled one by one. After a syntax error the rest is
  /// lost.
  private void document(InputStream in) throws IOException {
    try (var parser = JSON.createParser(in)) {
      while (parser.nextToken() != null) {
        root(parser);
      }
    } catch (JsonProcessingException wrong) {
      broken++;
      truncated++;
    }
  }

  private void root(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      entries(parser);
    } else if (parser.currentToken() == JsonToken.START_OBJECT) {
      object(parser);
    } else {
      others++;
    }
  }

  private void entries(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonNode entry = JSON.readTree(parser);
      value(entry, 1);
    }
  }

  private void object(JsonParser parser) throws IOException {
    var object = JSON.createObjectNode();
    var isEnvelope = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      if (parser.nextToken() == JsonToken.START_ARRAY && ENVELOPES.contains(name)) {
        isEnvelope = true;
        entries(parser);
      } else {
        JsonNode field = JSON.readTree(parser);
        object.set(name, field);
      }
    }
    if (!isEnvelope) {
      value(object, 1);
    }
  }

  /// An event, or what contains events.
  public void value(JsonNode node) {
    value(node, 0);
  }

  private void value(JsonNode node, int depth) {
    if (depth > DEEPEST) {
      others++;
    } else if (NativeEvents.is(node)) {
      event(AuditFormat.k8s, NativeEvents.read(node));
    } else if (GkeEvents.is(node)) {
      event(AuditFormat.gke, GkeEvents.read(node));
    } else if (node.isArray()) {
      node.forEach(entry -> value(entry, depth + 1));
    } else if (!envelope(node, depth)) {
      others++;
    }
  }

  private boolean envelope(JsonNode node, int depth) {
    for (var name : ENVELOPES) {
      if (node.path(name).isArray()) {
        node.path(name).forEach(entry -> value(entry, depth + 1));
        return true;
      }
    }
    // CloudWatch has the event as a text; so has Event Hubs. Vector has a line of a file, or a
    // message of a queue, in `message`, and Fluent Bit in `log`.
    return inside(AuditFormat.eks, node.path("message"), depth)
        || inside(AuditFormat.eks, node.path("@message"), depth)
        || inside(AuditFormat.aks, node.path("properties").path("log"), depth)
        || inside(AuditFormat.k8s, node.path("log"), depth)
        || pushed(node.path("message").path("data"), depth);
  }

  /// A push subscription of Pub/Sub.
  private boolean pushed(JsonNode data, int depth) {
    if (!data.isTextual()) {
      return false;
    }
    try {
      var text = new String(Base64.getDecoder().decode(data.textValue()), UTF_8);
      return inside(AuditFormat.gke, TextNode.valueOf(text), depth);
    } catch (IllegalArgumentException wrong) {
      return false;
    }
  }

  private boolean inside(AuditFormat from, JsonNode text, int depth) {
    if (!text.isTextual() || !text.textValue().startsWith("{")) {
      return false;
    }
    try {
      var inner = JSON.readTree(text.textValue());
      if (NativeEvents.is(inner)) {
        if (!format.accepts(from)) {
          return false;
        }
        count(NativeEvents.read(inner));
      } else if (depth < DEEPEST && (GkeEvents.is(inner) || isEnvelope(inner))) {
        value(inner, depth + 1);
      } else {
        return false;
      }
    } catch (JsonProcessingException wrong) {
      broken++;
    }
    return true;
  }

  private static boolean isEnvelope(JsonNode node) {
    return ENVELOPES.stream().anyMatch(name -> node.path(name).isArray())
        || node.path("properties").path("log").isTextual();
  }

  private void event(AuditFormat from, Optional<AuditEvent> event) {
    if (format.accepts(from)) {
      count(event);
    } else {
      others++;
    }
  }

  private void count(Optional<AuditEvent> event) {
    read++;
    event.ifPresent(events);
  }
}
