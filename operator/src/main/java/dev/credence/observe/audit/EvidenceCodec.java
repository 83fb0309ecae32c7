// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.credence.facts.evidence.Coverage;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.EvidenceState;
import dev.credence.facts.evidence.Right;
import dev.credence.facts.evidence.Sighting;
import dev.credence.facts.evidence.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Evidence as bytes: gzip of JSON, `{"format": 1, "evidence": {…}}`. Equal evidence has equal
/// bytes. A newer format is not read: what it adds would be lost with the next write.
public final class EvidenceCodec {
  static final int FORMAT = 1;

  /// An attacker who can write a ConfigMap cannot fill the memory.
  private static final int LARGEST = 32 << 20;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .addMixIn(Sighting.class, AsArray.class)
          .addMixIn(Span.class, AsArray.class)
          .addMixIn(Right.class, AsArray.class)
          .addMixIn(Coverage.Interval.class, AsArray.class)
          .build();

  /// `["2027-01-01T00:00:00Z", "b7e0…", "10.4.0.0/16", "crm", 200]`.
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  private interface AsArray {}

  /// The cause is for a person.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }

  /// At most so many bytes: what does not fit is dropped by the order of [Evidence#reduce], and
  /// marked. Changes the evidence accordingly.
  public static byte[] encode(Evidence evidence, int most) {
    var bytes = encode(evidence);
    for (var step = 0; bytes.length > most && evidence.reduce(step); step++) {
      bytes = encode(evidence);
    }
    if (bytes.length > most) {
      throw new IllegalStateException("empty evidence has " + bytes.length + " bytes");
    }
    return bytes;
  }

  private static byte[] encode(Evidence evidence) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(new GZIPOutputStream(bytes))) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writePOJOField("evidence", evidence.state());
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  static Evidence decode(byte[] bytes) throws Unreadable {
    try (var in = new LimitedInput(new GZIPInputStream(new ByteArrayInputStream(bytes)), LARGEST);
        var parser = JSON.createParser(in)) {
      format(parser);
      if (!"evidence".equals(parser.nextFieldName())) {
        throw new Unreadable("The field evidence is missing");
      }
      parser.nextToken();
      return Evidence.of(JSON.readValue(parser, EvidenceState.class), EvidenceLimits.STORED);
    } catch (JsonProcessingException wrong) {
      throw new Unreadable("The JSON is not evidence: " + wrong.getOriginalMessage());
    } catch (IOException wrong) {
      throw new Unreadable("The bytes are no gzip of JSON: " + wrong.getMessage());
    } catch (IllegalArgumentException
        | NullPointerException
        | ArithmeticException
        | DateTimeException wrong) {
      throw new Unreadable("The JSON is not evidence: " + wrong.getMessage());
    }
  }

  private static void format(JsonParser parser) throws IOException, Unreadable {
    if (parser.nextToken() != JsonToken.START_OBJECT || !"format".equals(parser.nextFieldName())) {
      throw new Unreadable("The field format is missing");
    }
    var format = parser.nextIntValue(0);
    if (format < 1) {
      throw new Unreadable("The format is no number");
    }
    if (format > FORMAT) {
      throw new Unreadable(
          "The format " + format + " is newer than " + FORMAT + ". Update Credence");
    }
  }

  private EvidenceCodec() {}
}
