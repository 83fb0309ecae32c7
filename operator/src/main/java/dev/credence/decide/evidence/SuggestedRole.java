// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Right;
import dev.credence.facts.evidence.Use;
import dev.credence.facts.rbac.PolicyRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A role that allows what an account did, and nothing else: a Role for each namespace, and,
/// with an empty namespace, a ClusterRole for requests about the cluster or all namespaces.
/// `paths`: of requests about no object, with their verbs.
public record SuggestedRole(
    String namespace, List<PolicyRule> rules, SortedMap<String, Set<String>> paths) {
  private static final int FEW = 5;

  /// Kinds whose objects get new names by themselves.
  private static final Set<String> GENERATED_NAMES =
      Set.of(
          "/pods",
          "/events",
          "events.k8s.io/events",
          "apps/replicasets",
          "apps/controllerrevisions",
          "batch/jobs",
          "discovery.k8s.io/endpointslices",
          "certificates.k8s.io/certificatesigningrequests");

  /// Every authenticated account may read these.
  private static final List<String> DISCOVERY =
      List.of("/api", "/apis", "/openapi", "/version", "/healthz", "/livez", "/readyz");

  private record Target(String group, String resource, Set<String> names) {}

  private record Shared(String group, Set<String> verbs) {}

  public static List<SuggestedRole> of(AccountEvidence account) {
    var byNamespace = new TreeMap<String, Map<Target, Set<String>>>();
    var paths = new TreeMap<String, Set<String>>();
    account
        .used()
        .sorted()
        .forEach(
            (right, use) -> {
              if (!right.isPath()) {
                byNamespace
                    .computeIfAbsent(right.namespace(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(target(right, use), _ -> new TreeSet<>())
                    .add(right.verb());
              } else if (DISCOVERY.stream().noneMatch(known -> isBelow(known, right.resource()))) {
                paths.computeIfAbsent(right.resource(), _ -> new TreeSet<>()).add(right.verb());
              }
            });
    if (!paths.isEmpty()) {
      byNamespace.computeIfAbsent("", _ -> new LinkedHashMap<>());
    }
    return byNamespace.entrySet().stream()
        .map(
            entry ->
                new SuggestedRole(
                    entry.getKey(),
                    rules(entry.getValue()),
                    entry.getKey().isEmpty() ? paths : new TreeMap<>()))
        .toList();
  }

  private static boolean isBelow(String known, String path) {
    return path.equals(known) || path.startsWith(known + "/");
  }

  private static Target target(Right right, Use use) {
    var few =
        use.unnamed().isEmpty()
            && !use.names().hasOverflowed()
            && use.names().size() <= FEW
            && !GENERATED_NAMES.contains(right.kind());
    return new Target(right.group(), right.resource(), few ? use.names().keys() : Set.of());
  }

  /// Resources of one group with the same verbs share a rule, unless it has names.
  private static List<PolicyRule> rules(Map<Target, Set<String>> verbs) {
    var rules = new ArrayList<PolicyRule>();
    var shared = new LinkedHashMap<Shared, Set<String>>();
    verbs.forEach(
        (target, allowed) -> {
          if (target.names().isEmpty()) {
            shared
                .computeIfAbsent(new Shared(target.group(), allowed), _ -> new TreeSet<>())
                .add(target.resource());
          } else {
            rules.add(
                new PolicyRule(
                    Set.of(target.group()), Set.of(target.resource()), allowed, target.names()));
          }
        });
    var all = new ArrayList<PolicyRule>();
    shared.forEach(
        (key, resources) ->
            all.add(new PolicyRule(Set.of(key.group()), resources, key.verbs(), Set.of())));
    all.addAll(rules);
    return all;
  }
}
