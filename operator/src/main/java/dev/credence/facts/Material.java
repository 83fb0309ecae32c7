package dev.credence.facts;

/// What a Secret that we make holds.
public sealed interface Material permits Recipe, TokenRecipe {

  /// Tells whether a value was made by this. It stays the same when the program changes, so that an
  /// upgrade does not rotate every Secret of a fleet.
  String digest();
}
