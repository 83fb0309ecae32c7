// SPDX-License-Identifier: Apache-2.0
package dev.credence.report;

import dev.credence.plan.ConditionResult;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.IdentityStatus.State;
import dev.credence.plan.ShownStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One identity as its status describes it. The state of an identity that was not reconciled yet is
/// `NotSeen`. `odd`: findings about the behavior of its ServiceAccounts; `rights`: which of their
/// permissions they use, where that was read. `cluster`: only in a report about several clusters.
public record Entry(
    String namespace,
    String name,
    Optional<String> application,
    Optional<String> purpose,
    Owner owner,
    Optional<String> type,
    String state,
    Condition ready,
    List<String> policies,
    Optional<Instant> created,
    Optional<Instant> ends,
    Optional<Instant> nextAction,
    Members members,
    List<Credential> credentials,
    Optional<String> lastUsed,
    Risk risk,
    List<Odd> odd,
    Optional<Rights> rights,
    Review review,
    Optional<Suspension> suspension,
    List<Condition> conditions,
    Optional<String> cluster)
    implements Comparable<Entry> {

  public static final String NOT_SEEN = "NotSeen";
  private static final Comparator<Entry> ORDER =
      Comparator.comparing((Entry entry) -> entry.cluster().orElse(""))
          .thenComparing(Entry::namespace)
          .thenComparing(Entry::name);

  public Entry {
    policies = List.copyOf(policies);
    credentials = List.copyOf(credentials);
    odd = List.copyOf(odd);
    conditions = List.copyOf(conditions);
  }

  /// `source`: Spec, Namespace or None.
  public record Owner(
      Optional<String> contact, Optional<String> team, Optional<String> backup, String source) {
    public boolean isMissing() {
      return contact.isEmpty();
    }
  }

  /// As `meta/v1` has it: `status` is True, False or Unknown.
  public record Condition(String type, String status, String reason, String message) {
    public boolean is(String wanted) {
      return status.equals(wanted);
    }

    public boolean isProblem() {
      return ConditionResult.isProblem(type, status);
    }
  }

  /// `notLinked`: missing, not ours to make, or another identity's.
  public record Members(int serviceAccounts, int secrets, int certificates, int notLinked) {
    public static final Members NONE = new Members(0, 0, 0, 0);
  }

  /// `opens`: the account elsewhere, as in `Database crm at db.sales`.
  public record Credential(
      String name,
      String kind,
      String state,
      Optional<Long> version,
      Optional<Instant> issued,
      Optional<Instant> next,
      Optional<Instant> ends,
      Optional<String> opens,
      Optional<String> message) {

    public boolean isLegacyToken() {
      return kind.equals("LegacyToken");
    }

    /// Whether the next value is late, of an identity that rotates.
    public boolean isOverdue(Instant now) {
      return ShownStatus.Credential.isOverdue(state, next, now);
    }

    /// Whether it was stopped on the way to a new value, or has expired.
    public boolean isStopped(Instant now) {
      return state.equals(Phase.Blocked.name())
          || state.equals(Phase.Expired.name())
          || ends.filter(end -> !end.isAfter(now)).isPresent();
    }

    /// No new value is planned before this one expires.
    public boolean isLeftToEnd() {
      return ends.isPresent() && next.filter(due -> due.isBefore(ends.get())).isEmpty();
    }
  }

  /// `level`: Unknown where it was not evaluated. `findings` are the worst 32, the numbers count
  /// them all.
  public record Risk(
      String level, int critical, int high, int medium, int low, List<Finding> findings) {
    public static final Risk UNKNOWN = new Risk("Unknown", 0, 0, 0, 0, List.of());
    public static final Risk NONE = new Risk("None", 0, 0, 0, 0, List.of());

    public Risk {
      findings = List.copyOf(findings);
    }

    public int total() {
      return critical + high + medium + low;
    }
  }

  public record Finding(String rule, String severity, String via, String detail) {}

  /// A finding in audit events. `network`, `agent` and `auditId` are of the last event.
  public record Odd(
      String type,
      String account,
      Optional<Instant> first,
      Optional<Instant> last,
      int count,
      Optional<String> network,
      Optional<String> agent,
      Optional<String> auditId,
      String message) {}

  /// Permissions by use, as audit events since `since` show it. `bindings`: those that grant
  /// permissions that were not used.
  public record Rights(
      Optional<Instant> since, long used, long unused, long unknown, List<Granting> bindings) {
    public Rights {
      bindings = List.copyOf(bindings);
    }

    public long total() {
      return used + unused + unknown;
    }
  }

  /// A binding of a ServiceAccount. `advice`: Remove or Reduce.
  public record Granting(
      String account, String binding, String advice, long used, long unused, long unknown) {
    public boolean isToRemove() {
      return advice.equals("Remove");
    }
  }

  public record Review(Optional<Instant> due, Optional<Instant> at, Optional<String> by) {
    public static final Review NONE =
        new Review(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public record Suspension(Instant since, String reason, List<String> notCovered) {
    public Suspension {
      notCovered = List.copyOf(notCovered);
    }
  }

  /// The same with the use of its permissions.
  public Entry with(Rights found) {
    return with(cluster, Optional.of(found));
  }

  /// The same identity in a report about several clusters.
  public Entry in(String name) {
    return with(Optional.of(name), rights);
  }

  private Entry with(Optional<String> of, Optional<Rights> found) {
    return new Entry(
        namespace,
        name,
        application,
        purpose,
        owner,
        type,
        state,
        ready,
        policies,
        created,
        ends,
        nextAction,
        members,
        credentials,
        lastUsed,
        risk,
        odd,
        found,
        review,
        suspension,
        conditions,
        of);
  }

  /// With the cluster where there are several.
  public String place() {
    return cluster.map(found -> found + "/" + id()).orElseGet(this::id);
  }

  /// `sales/crm`
  public String id() {
    return namespace + "/" + name;
  }

  public Optional<Condition> condition(String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /// Whether its credentials are rotated.
  public boolean rotates(Instant now) {
    return Stream.of(State.values())
        .filter(known -> known.name().equals(state))
        .anyMatch(known -> IdentityStatus.rotates(known, ends, now));
  }

  public boolean isOverForGood() {
    return state.equals("Decommissioned");
  }

  @Override
  public int compareTo(Entry other) {
    return ORDER.compare(this, other);
  }
}
