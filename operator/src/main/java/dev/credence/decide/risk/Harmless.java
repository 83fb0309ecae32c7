// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.rbac.PolicyRule;
import java.util.List;
import java.util.Set;

/// Rights with a write verb that write nothing, or only objects of the account itself: clusters
/// grant them to every account. A rule counts as harmless when each of its resources is, so that a
/// harmless resource hides no other.
final class Harmless {
  /// `what`: as RBAC names it; `verbs`: the only ones that are harmless in addition to reading.
  private record Right(Set<String> groups, Set<String> what, Set<String> verbs) {}

  /// Reviews of oneself, by whichever API server serves them.
  private static final Set<String> OF_ONESELF =
      Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews");

  /// Groups of reviews and nothing else that is written.
  private static final Set<String> KUBERNETES =
      Set.of("authentication.k8s.io", "authorization.k8s.io");

  private static final Set<String> READ = Set.of("get", "list", "watch");

  private static final String REVIEWS = "reviews";

  /// Kubernetes' own groups of reviews, and those of OpenShift, which has had them in the core.
  private static final Set<String> GROUPS_OF_REVIEWS =
      Set.of(
          "authentication.k8s.io",
          "authorization.k8s.io",
          "",
          "authorization.openshift.io",
          "security.openshift.io");

  /// Rights that OpenShift grants to all users: to end one's own login, to call a webhook whose
  /// secret one knows, and ways to build that open nothing without the right to build.
  private static final List<Right> OF_OPENSHIFT =
      List.of(
          new Right(
              Set.of("", "oauth.openshift.io"),
              Set.of("oauthaccesstokens", "oauthauthorizetokens", "useroauthaccesstokens"),
              Set.of("delete")),
          new Right(
              Set.of("", "build.openshift.io"), Set.of("buildconfigs/webhooks"), Set.of("create")),
          new Right(
              Set.of("", "build.openshift.io"),
              Set.of(
                  "builds/docker",
                  "builds/source",
                  "builds/optimizeddocker",
                  "builds/jenkinspipeline"),
              Set.of("create")));

  static boolean is(PolicyRule rule) {
    return KUBERNETES.containsAll(rule.groups())
        || rule.resources().stream().allMatch(resource -> is(rule, resource));
  }

  private static boolean is(PolicyRule rule, String resource) {
    return OF_ONESELF.contains(resource)
        || (resource.endsWith(REVIEWS) && GROUPS_OF_REVIEWS.containsAll(rule.groups()))
        || OF_OPENSHIFT.stream()
            .anyMatch(
                right ->
                    right.what().contains(resource)
                        && right.groups().containsAll(rule.groups())
                        && rule.verbs().stream()
                            .allMatch(verb -> READ.contains(verb) || right.verbs().contains(verb)));
  }
}
