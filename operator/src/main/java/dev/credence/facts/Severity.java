package dev.credence.facts;

/// How bad a finding is.
public enum Severity {
  Low,
  Medium,
  High,
  Critical
}
