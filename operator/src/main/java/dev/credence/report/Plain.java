package dev.credence.report;

import java.util.regex.Pattern;

/// Texts that anybody may have written into the cluster, fit to be shown: one line, and nothing in
/// it that steers a terminal or turns the direction of writing.
public final class Plain {
  private static final Pattern STEERING =
      Pattern.compile(
          "[\\p{Cntrl}\\u0080-\\u009f\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

  public static String text(String written) {
    return STEERING.matcher(written).replaceAll("?");
  }

  private Plain() {}
}
