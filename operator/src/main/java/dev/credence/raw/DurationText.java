// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.credence.facts.time.WrittenDuration;
import io.fabric8.kubernetes.api.model.Duration;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A duration in a resource of another API, with the text that is written there. The client's own
/// reader drops what it does not know: it takes `8760.0h` for no time at all.
public final class DurationText extends Duration {
  private final String text;

  private DurationText(String text) {
    super(WrittenDuration.go(text).orElse(null));
    this.text = text;
  }

  /// The text that is written, whether it is a duration or not.
  public String text() {
    return text;
  }

  /// From now on this mapper reads and writes durations as they are written.
  public static void readBy(ObjectMapper mapper) {
    mapper.addMixIn(Duration.class, AsWritten.class);
  }

  @JsonDeserialize(using = Reader.class)
  @JsonSerialize(using = Writer.class)
  private interface AsWritten {}

  static final class Reader extends StdDeserializer<Duration> {
    Reader() {
      super(Duration.class);
    }

    @Override
    public @Nullable Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.currentToken().isScalarValue()) {
        return new DurationText(parser.getText());
      }
      parser.skipChildren();
      return null;
    }
  }

  static final class Writer extends StdSerializer<Duration> {
    private static final Duration.Serializer OF_THE_MODEL = new Duration.Serializer();

    Writer() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value instanceof DurationText written) {
        out.writeString(written.text());
      } else {
        OF_THE_MODEL.serialize(value, out, provider);
      }
    }
  }
}
