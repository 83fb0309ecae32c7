package dev.credence.facts;

/// What somebody asked for by an annotation.
public sealed interface Request {
  /// Acted upon once for each new value.
  record Asked(String value) implements Request {}

  /// A value that cannot be kept as an annotation and in the status: too long, or not one line.
  record Unusable(String why) implements Request {}
}
