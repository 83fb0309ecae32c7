// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Requests to the API server, to be narrowed and counted:
/// `audit.requests().by("credence").in("sales").writes()`.
public record Requests(List<Request> all) {
  private static final Set<String> WRITING =
      Set.of("create", "update", "patch", "delete", "deletecollection");
  private static final int UNPROCESSABLE = 422;

  /// `resource` is `secrets`, or `machineidentities/status`; `namespace` and `name` may be empty.
  public record Request(
      Instant time,
      String user,
      String userAgent,
      String verb,
      String group,
      String resource,
      String namespace,
      String name,
      int code) {

    boolean writes() {
      return WRITING.contains(verb);
    }

    boolean isEvent() {
      return resource.equals("events");
    }

    boolean isLease() {
      return resource.equals("leases");
    }

    /// A question that is put as a creation: nothing is kept of it.
    boolean isReview() {
      return resource.endsWith("reviews") || isProbe();
    }

    /// The operator asks whether suspensions are enforced by a dry run that a policy is to refuse.
    private boolean isProbe() {
      return resource.equals("suspensionlists")
          && verb.equals("create")
          && (name.equals("probe") || code == UNPROCESSABLE);
    }

    @Override
    public String toString() {
      return "%s %s%s%s %d"
          .formatted(
              verb,
              resource,
              namespace.isEmpty() ? "" : " " + namespace,
              name.isEmpty() ? "" : (namespace.isEmpty() ? " " : "/") + name,
              code);
    }
  }

  public Requests {
    all = List.copyOf(all);
  }

  /// Those whose User-Agent begins like this.
  public Requests by(String userAgent) {
    return only(r -> r.userAgent().startsWith(userAgent));
  }

  /// Those of a user, like `system:serviceaccount:credence-system:credence`.
  public Requests of(String user) {
    return only(r -> r.user().equals(user));
  }

  /// Those of the account that the chart makes for the operator.
  public Requests ofOperator() {
    return of("system:serviceaccount:" + LocalCluster.NAMESPACE + ":" + LocalCluster.ACCOUNT);
  }

  public Requests verb(String verb) {
    return only(r -> r.verb().equals(verb));
  }

  /// `secrets`, or `machineidentities/status`.
  public Requests on(String resource) {
    return only(r -> r.resource().equals(resource));
  }

  public Requests in(String namespace) {
    return only(r -> r.namespace().equals(namespace));
  }

  public Requests in(TestNamespace namespace) {
    return in(namespace.name());
  }

  /// The requests that change the cluster: create, update, patch, delete. Events and leases are not
  /// among them, nor are denied requests left out.
  public Requests writes() {
    return only(r -> r.writes() && !r.isEvent() && !r.isLease() && !r.isReview());
  }

  public Requests events() {
    return only(r -> r.writes() && r.isEvent());
  }

  public Requests leases() {
    return only(Request::isLease);
  }

  /// Those that were answered with an error.
  public Requests failed() {
    return only(r -> r.code() >= 400);
  }

  /// The requests that RBAC denied.
  public Requests forbidden() {
    return only(r -> r.code() == 403);
  }

  public Requests only(Predicate<Request> wanted) {
    return new Requests(all.stream().filter(wanted).toList());
  }

  public int count() {
    return all.size();
  }

  /// `patch machineidentities/status: 3`, a line each: what a failed assertion shows.
  @Override
  public String toString() {
    return all.stream()
        .collect(groupingBy(r -> r.verb() + " " + r.resource(), TreeMap::new, counting()))
        .entrySet()
        .stream()
        .map(line -> line.getKey() + ": " + line.getValue())
        .collect(joining("\n"));
  }
}
