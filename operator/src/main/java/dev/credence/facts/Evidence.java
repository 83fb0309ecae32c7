package dev.credence.facts;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What shows that the accounts and credentials of an identity are in use, and what kind of actor
/// it is.
///
/// `uses`: of its accounts and Secrets alone. `tokens`: those of its accounts that do not end by
/// themselves. `signals`: labels and annotations of its accounts that tell what they are for, by
/// the name of the account.
public record Evidence(
    Uses uses, List<Token> tokens, Tracking tracking, Map<String, Map<String, String>> signals) {
  public static final Evidence NONE =
      new Evidence(Uses.NONE, List.of(), new Tracking.Unknown("nobody asked"), Map.of());

  public Evidence {
    tokens = List.copyOf(tokens);
    signals = Map.copyOf(signals);
  }

  /// `lastUsed`: the day that the API server noted on it (KEP-2799).
  public record Token(
      Subject subject, String account, Instant createdAt, Optional<LocalDate> lastUsed) {}

  /// Whether the API server notes when such tokens are used. Before it began, silence means
  /// nothing.
  public sealed interface Tracking {
    record Since(LocalDate day) implements Tracking {}

    record Unknown(String why) implements Tracking {}
  }
}
