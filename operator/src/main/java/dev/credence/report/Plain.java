package dev.credence.report;

import dev.credence.facts.text.Unprintable;

/// Texts that anybody may have written into the cluster, fit to be shown: one line, and nothing in
/// it that steers a terminal, turns the direction of writing or is not seen ([Unprintable]).
public final class Plain {

  public static String text(String written) {
    return Unprintable.replaced(written, "?");
  }

  private Plain() {}
}
