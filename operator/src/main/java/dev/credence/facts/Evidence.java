package dev.credence.facts;

/// What shows that the accounts and credentials of an identity are in use.
public record Evidence() {
  public static final Evidence NONE = new Evidence();
}
