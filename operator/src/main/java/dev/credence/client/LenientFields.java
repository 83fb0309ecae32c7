// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A value that is not of the type we expect is read as if it were not there: a date that the API
/// server accepts and Java does not, a text where another version of a schema has a number. One
/// such object would otherwise end the watch of its whole kind.
final class LenientFields extends DeserializationProblemHandler {

  @Override
  public @Nullable Object handleWeirdStringValue(
      DeserializationContext context, Class<?> wanted, String found, String problem) {
    return null;
  }

  @Override
  public @Nullable Object handleWeirdNumberValue(
      DeserializationContext context, Class<?> wanted, Number found, String problem) {
    return null;
  }

  @Override
  public @Nullable Object handleUnexpectedToken(
      DeserializationContext context,
      JavaType wanted,
      JsonToken found,
      JsonParser parser,
      String problem)
      throws IOException {
    parser.skipChildren();
    return null;
  }

  @Override
  public @Nullable Object handleMissingInstantiator(
      DeserializationContext context,
      Class<?> wanted,
      ValueInstantiator instantiator,
      JsonParser parser,
      String problem)
      throws IOException {
    parser.skipChildren();
    return null;
  }
}
