// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one ServiceAccount did, or tried to do.
public final class AccountEvidence {
  private static final long HOUR = 3600;
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private final EvidenceLimits limits;
  private final Bounded<Right, Use> used;
  private final Bounded<Right, Span> forbidden;
  private final Bounded<Right, Span> failed;
  private final Bounded<String, Span> places;
  private final Bounded<String, Span> agents;
  private final Bounded<String, Span> namespaces;
  private final Newest credentials;
  private final Newest issued;
  private final Bounded<Long, DistinctCount> hours;
  private @Nullable Span span;
  private @Nullable Span success;

  AccountEvidence(EvidenceLimits limits) {
    this.limits = limits;
    used = Bounded.sampled(limits.rights(), Use::and);
    forbidden = Bounded.sampled(limits.refused(), Span::and);
    failed = Bounded.sampled(limits.refused(), Span::and);
    places = Bounded.sampled(limits.others(), Span::and);
    agents = Bounded.sampled(limits.others(), Span::and);
    namespaces = Bounded.sampled(limits.others(), Span::and);
    credentials = new Newest(limits.others());
    issued = new Newest(limits.others());
    hours = Bounded.greatest(limits.hours(), DistinctCount::and);
  }

  /// `place` and `agent`: the network and the product, by which they are compared.
  void add(AuditEvent event, String place, String agent) {
    var sighting = new Sighting(event.time(), event.auditId(), place, agent, event.code());
    var one = Span.of(sighting);
    span = span == null ? one : span.and(one);
    places.add(place, one);
    agents.add(agent, one);
    event.credential().ifPresent(id -> credentials.add(id, sighting));
    event.issued().ifPresent(id -> issued.add(id, sighting));
    count(event);
    if (event.isUse()) {
      success = success == null ? one : success.and(one);
      uses(event, sighting, one);
    } else if (event.isForbidden()) {
      forbidden.add(event.right(), one);
    } else if (event.isFailure()) {
      failed.add(event.right(), one);
    }
  }

  private void count(AuditEvent event) {
    var hour = event.time().getEpochSecond() / HOUR;
    var known = hours.get(hour);
    if (known != null) {
      known.add(event.auditId(), event.time());
      return;
    }
    var count = new DistinctCount();
    count.add(event.auditId(), event.time());
    hours.add(hour, count);
  }

  private void uses(AuditEvent event, Sighting sighting, Span one) {
    var as = event.impersonated();
    if (as.isPresent()) {
      use(impersonation(as.get()), nameOf(as.get()), sighting);
      return;
    }
    var right = event.right();
    use(right, isNamelessCreate(right) ? "" : event.name(), sighting);
    if (event.alsoCreates()) {
      use(new Right("create", right.group(), right.resource(), right.namespace()), "", sighting);
    }
    if (!right.namespace().isEmpty()) {
      namespaces.add(right.namespace(), one);
    }
  }

  /// RBAC evaluates a create before the name is known; of a subresource the name is in the
  /// path.
  private static boolean isNamelessCreate(Right right) {
    return right.verb().equals("create") && !right.resource().contains("/");
  }

  private static Right impersonation(String user) {
    return user.startsWith(SERVICE_ACCOUNT)
        ? new Right(Right.IMPERSONATE, "", "serviceaccounts", user.split(":", -1)[2])
        : new Right(Right.IMPERSONATE, "", "users", "");
  }

  private static String nameOf(String user) {
    return user.startsWith(SERVICE_ACCOUNT) ? user.substring(user.lastIndexOf(':') + 1) : user;
  }

  private void use(Right right, String name, Sighting sighting) {
    var known = used.get(right);
    if (known != null) {
      known.add(sighting, name);
      return;
    }
    var use = new Use(limits.names());
    use.add(sighting, name);
    used.add(right, use);
  }

  AccountEvidence and(AccountEvidence other) {
    used.addAll(other.used);
    forbidden.addAll(other.forbidden);
    failed.addAll(other.failed);
    places.addAll(other.places);
    agents.addAll(other.agents);
    namespaces.addAll(other.namespaces);
    credentials.addAll(other.credentials);
    issued.addAll(other.issued);
    hours.addAll(other.hours);
    span = span == null ? other.span : other.span == null ? span : span.and(other.span);
    success =
        success == null
            ? other.success
            : other.success == null ? success : success.and(other.success);
    return this;
  }

  /// All requests, refused ones included.
  public Span span() {
    return Objects.requireNonNull(span);
  }

  /// The requests that were answered without an error.
  public Optional<Span> success() {
    return Optional.ofNullable(success);
  }

  public Bounded<Right, Use> used() {
    return used;
  }

  /// Requests that the API server did not allow.
  public Bounded<Right, Span> forbidden() {
    return forbidden;
  }

  /// Requests that were allowed and failed, as for an object that does not exist.
  public Bounded<Right, Span> failed() {
    return failed;
  }

  public Bounded<String, Span> places() {
    return places;
  }

  public Bounded<String, Span> agents() {
    return agents;
  }

  public Bounded<String, Span> namespaces() {
    return namespaces;
  }

  /// The last use of each credential, by its ID: of a token, `JTI=` and the claim `jti`.
  public Newest credentials() {
    return credentials;
  }

  /// The IDs of the tokens that requests of this account issued.
  public Newest issued() {
    return issued;
  }

  /// Requests by hours since 1970.
  public Bounded<Long, DistinctCount> hours() {
    return hours;
  }

  /// Whether rights may be missing here that were used or requested.
  public boolean hasOverflowed() {
    return used.hasOverflowed() || failed.hasOverflowed();
  }

  EvidenceState.AccountState state() {
    return new EvidenceState.AccountState(
        span(),
        success,
        used.state(Use::state),
        forbidden.state(Function.identity()),
        failed.state(Function.identity()),
        places.state(Function.identity()),
        agents.state(Function.identity()),
        namespaces.state(Function.identity()),
        credentials.state(),
        issued.state(),
        hours.state(DistinctCount::registers));
  }

  static AccountEvidence of(EvidenceState.AccountState state, EvidenceLimits limits) {
    var account = new AccountEvidence(limits);
    account.span = state.span();
    account.success = state.success();
    account.used.addState(state.used(), use -> Use.of(use, limits.names()));
    account.forbidden.addState(state.forbidden(), Function.identity());
    account.failed.addState(state.failed(), Function.identity());
    account.places.addState(state.places(), Function.identity());
    account.agents.addState(state.agents(), Function.identity());
    account.namespaces.addState(state.namespaces(), Function.identity());
    account.credentials.addState(state.credentials());
    account.issued.addState(state.issued());
    account.hours.addState(state.hours(), DistinctCount::of);
    return account;
  }

  void limitHours(int most) {
    hours.limit(most);
  }

  void limitNames(int most) {
    used.forEachValue(use -> use.limitNames(most));
  }

  void limitRefused(int most) {
    forbidden.limit(most);
    failed.limit(most);
  }

  void limitOthers(int most) {
    places.limit(most);
    agents.limit(most);
    namespaces.limit(most);
    issued.limit(most);
    credentials.limit(most);
  }

  void limitRights(int most) {
    used.limit(most);
  }

  private Stream<@Nullable Object> parts() {
    return Stream.of(
        used,
        forbidden,
        failed,
        places,
        agents,
        namespaces,
        credentials,
        issued,
        hours,
        span,
        success);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AccountEvidence evidence
        && evidence.parts().toList().equals(parts().toList());
  }

  @Override
  public int hashCode() {
    return parts().toList().hashCode();
  }

  @Override
  public String toString() {
    return parts().toList().toString();
  }
}
