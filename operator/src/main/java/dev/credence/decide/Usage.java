package dev.credence.decide;

import dev.credence.decide.Verdict.Aspect;
import dev.credence.decide.Verdict.Truth;

/// Is the identity in use?
final class Usage {

  static Verdict verdict() {
    return Verdict.fine(
        Aspect.InUse, Truth.Unknown, Reason.NoEvidence, "nothing shows whether it is in use");
  }

  private Usage() {}
}
