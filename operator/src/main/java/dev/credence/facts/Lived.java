package dev.credence.facts;

import java.time.Instant;
import java.util.Optional;

/// What the status remembers of the life of an identity. Where it was lost, the identity is judged
/// anew: a suspension that is still wanted begins again, and an approval is asked for again where
/// nothing in the cluster shows it.
public record Lived(boolean decommissioned, Optional<Suspended> suspended, Approval approval) {
  public static final Lived NOTHING = new Lived(false, Optional.empty(), Approval.NONE);

  /// `reason` is the one that it began with.
  public record Suspended(Instant since, String reason) {}

  /// What somebody approved: the operator's own record of it. `disregarded`: an annotation that
  /// nobody checked when it was written, so that it never counts.
  public record Approval(Optional<Approved> approved, Optional<String> disregarded) {
    public static final Approval NONE = new Approval(Optional.empty(), Optional.empty());
  }

  public record Approved(String scope, String by, Instant at) {}
}
