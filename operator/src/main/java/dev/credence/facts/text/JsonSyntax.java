// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.text;

import java.util.OptionalInt;

/// Checks that a text is one JSON object (RFC 8259), as the API server does for Secrets of type
/// kubernetes.io/dockerconfigjson.
public final class JsonSyntax {
  private static final int DEEPEST = 100;
  private static final String ESCAPES = "\"\\/bfnrt";

  private final String text;
  private int at;
  private int depth;

  private static final class Invalid extends Exception {
    private Invalid() {
      super(null, null, false, false);
    }
  }

  /// Where the text stops being a JSON object; empty where it is one.
  public static OptionalInt invalidAt(String text) {
    var reader = new JsonSyntax(text);
    try {
      reader.space();
      reader.object();
      reader.space();
      return reader.at == text.length() ? OptionalInt.empty() : OptionalInt.of(reader.at);
    } catch (Invalid _) {
      return OptionalInt.of(Math.min(reader.at, text.length()));
    }
  }

  private JsonSyntax(String text) {
    this.text = text;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void take(char wanted) throws Invalid {
    if (at >= text.length() || text.charAt(at) != wanted) {
      throw new Invalid();
    }
    at++;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void value() throws Invalid {
    if (++depth > DEEPEST) {
      throw new Invalid();
    }
    switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
    depth--;
  }

  private void object() throws Invalid {
    take('{');
    space();
    if (peek() == '}') {
      at++;
      return;
    }
    while (true) {
      space();
      string();
      space();
      take(':');
      space();
      value();
      space();
      if (peek() != ',') {
        take('}');
        return;
      }
      at++;
    }
  }

  private void array() throws Invalid {
    take('[');
    space();
    if (peek() == ']') {
      at++;
      return;
    }
    while (true) {
      space();
      value();
      space();
      if (peek() != ',') {
        take(']');
        return;
      }
      at++;
    }
  }

  private void string() throws Invalid {
    take('"');
    while (peek() != '"') {
      if (peek() < ' ') {
        throw new Invalid();
      }
      if (peek() == '\\') {
        at++;
        escape();
      } else {
        at++;
      }
    }
    at++;
  }

  private void escape() throws Invalid {
    if (peek() == 'u') {
      at++;
      for (int digit = 0; digit < 4; digit++) {
        if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
          throw new Invalid();
        }
        at++;
      }
      return;
    }
    if (peek() == '\0' || ESCAPES.indexOf(peek()) < 0) {
      throw new Invalid();
    }
    at++;
  }

  private void word(String wanted) throws Invalid {
    for (char character : wanted.toCharArray()) {
      take(character);
    }
  }

  private void number() throws Invalid {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
  }

  private void digits() throws Invalid {
    if (!isDigit()) {
      throw new Invalid();
    }
    while (isDigit()) {
      at++;
    }
  }

  private boolean isDigit() {
    return peek() >= '0' && peek() <= '9';
  }
}
