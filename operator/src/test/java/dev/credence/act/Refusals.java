package dev.credence.act;

import dev.credence.act.request.Refusal;
import dev.credence.facts.object.Subject;

/// Refusals for tests of others.
public final class Refusals {

  public static Refusal refused(Subject subject, String why) {
    return Refusal.of(subject, why);
  }

  public static Refusal raced(Subject subject) {
    return Refusal.raced(subject);
  }

  private Refusals() {}
}
