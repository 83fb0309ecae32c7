package dev.credence.facts;

/// What the accounts of an identity may do.
public record Grants() {
  public static final Grants UNKNOWN = new Grants();
}
