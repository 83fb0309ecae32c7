package dev.credence.facts;

/// One key of a generated Secret and how its value is made.
public record Key(String name, Generator generator) {}
