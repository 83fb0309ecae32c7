// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.risk.EffectiveRights;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.rbac.Access;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.rbac.PolicyRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// By which of its rights a suspended account gets around its suspension. The API server asks no
/// admission policy about writes of admission policies and their bindings; it asks about the user
/// that is impersonated and not about the one who impersonates; and a kubelet asks none at all.
///
/// Bindings that are excluded from the risk rules count here: the right is there.
final class Escapes {
  private static final String ADMISSION = "admissionregistration.k8s.io";
  private static final List<String> CHANGE = List.of("update", "patch", "delete");
  private static final List<String> MAKE = List.of("create", "update", "patch");
  private static final String CREDENCE = "credence.dev";
  private static final String LISTS = "suspensionlists";
  private static final String KUBE_SYSTEM = "kube-system";

  private final String namespace;
  private final String account;
  private final Set<String> privileged;
  private final List<Grant> grants;
  private final EffectiveRights rights;

  /// In sentences. `writesDenied`: the account writes nothing else, the list of suspended accounts
  /// included.
  static Stream<String> of(String namespace, String account, Grants grants, boolean writesDenied) {
    return switch (grants) {
      case Grants.Known known -> new Escapes(namespace, account, known).all(writesDenied);
      case Grants.Unknown _, Grants.Disabled _ ->
          Stream.of(
              "The operator cannot tell whether ServiceAccount "
                  + account
                  + " may change what enforces its suspension, since it could not read its permissions.");
    };
  }

  private Escapes(String namespace, String account, Grants.Known known) {
    this.namespace = namespace;
    this.account = account;
    this.privileged = known.privileged();
    this.grants = known.of(account);
    this.rights = new EffectiveRights(grants);
  }

  private Stream<String> all(boolean writesDenied) {
    return Stream.of(
            stated(
                policies(),
                "may change or delete the admission policies that enforce its suspension; no admission policy applies to such requests"),
            stated(
                impersonations(),
                "may write as another user by impersonation, which the suspension does not deny"),
            stated(
                asked(List.of("get", "create"), "", "nodes/proxy", ""),
                "may run commands in pods through the kubelet, which evaluates no admission policy"),
            writesDenied
                ? Stream.<String>of()
                : stated(
                    list(),
                    "may remove itself from the list of suspended ServiceAccounts (SuspensionLists)"))
        .flatMap(sentences -> sentences);
  }

  private Stream<String> stated(Stream<String> by, String what) {
    var all = by.distinct().sorted().collect(Collectors.joining(", "));
    return all.isEmpty()
        ? Stream.of()
        : Stream.of("ServiceAccount %s %s (%s).".formatted(account, what, all));
  }

  private Stream<String> policies() {
    return Stream.concat(
        Stream.of("validatingadmissionpolicies", "validatingadmissionpolicybindings")
            .flatMap(
                resource ->
                    Stream.concat(
                        Stream.of(Admission.Writes, Admission.Tokens)
                            .flatMap(
                                admission ->
                                    asked(CHANGE, ADMISSION, resource, admission.resource())),
                        asked(List.of("deletecollection"), ADMISSION, resource, ""))),
        // One of these takes an entry out of what the operator writes into the list.
        Stream.of("mutatingadmissionpolicies", "mutatingadmissionpolicybindings")
            .flatMap(resource -> asked(MAKE, ADMISSION, resource, "")));
  }

  private Stream<String> asked(List<String> verbs, String group, String resource, String name) {
    return verbs.stream()
        .filter(verb -> rights.allow(new Access(verb, group, resource, "", name)))
        .map(verb -> verb + " " + resource);
  }

  private Stream<String> list() {
    return privileged.stream()
        .filter(other -> !other.equals(KUBE_SYSTEM))
        .flatMap(
            other ->
                Stream.concat(CHANGE.stream(), Stream.of("deletecollection"))
                    .filter(verb -> rights.allow(new Access(verb, CREDENCE, LISTS, other, "")))
                    .map(verb -> verb + " " + LISTS));
  }

  private Stream<String> impersonations() {
    return grants.stream()
        .flatMap(
            grant ->
                grant.rules().stream()
                    .flatMap(List<PolicyRule>::stream)
                    .filter(Escapes::impersonates)
                    .flatMap(rule -> others(grant, rule)));
  }

  /// Also in the ways of KEP-5284, which limit it to some requests.
  private static boolean impersonates(PolicyRule rule) {
    return rule.allowsVerb("impersonate")
        || rule.verbs().stream().anyMatch(verb -> verb.startsWith("impersonate:"));
  }

  /// Whom it impersonates other than itself, who is suspended.
  private Stream<String> others(Grant grant, PolicyRule rule) {
    var itself = "system:serviceaccount:" + namespace + ":" + account;
    return Stream.concat(
        grant.isEverywhere() && covers(rule, "users") && !rule.names().equals(Set.of(itself))
            ? Stream.of("impersonate users")
            : Stream.of(),
        covers(rule, "serviceaccounts")
                && !(grant.namespace().equals(namespace) && rule.names().equals(Set.of(account)))
            ? Stream.of("impersonate serviceaccounts")
            : Stream.of());
  }

  private static boolean covers(PolicyRule rule, String resource) {
    return rule.covers("", resource) || rule.covers("authentication.k8s.io", resource);
  }
}
