package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;

/// May its accounts do more than is safe?
final class Privilege {

  static Verdict verdict() {
    return Verdict.fine(
        Aspect.LeastPrivilege,
        Truth.Unknown,
        Reason.EvaluationIncomplete,
        "the rights of its accounts are not known");
  }

  private Privilege() {}
}
