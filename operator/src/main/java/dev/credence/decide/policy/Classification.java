// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.policy;

import dev.credence.decide.membership.MemberRole;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.RecordedStatus.Classified;
import dev.credence.facts.identity.RecordedStatus.Sign;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.usage.UsageListing.SetUp;
import dev.credence.plan.IdentityStatus.Typed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What kind of actor is the identity, where nobody says? The first of these rules that holds
/// decides; its name is the reason in the status.
///
/// What somebody wrote about an account comes before what is seen of its use. The use comes and
/// goes: an identity whose Deployment was deleted is what it was, or it would leave the policy for
/// its type at the moment when nobody uses it any more.
public enum Classification {
  AgentLabel(
      "AIAgent",
      "a ServiceAccount has the label `kagenti.io/type: agent`, or belongs to an agent of Kagenti or kagent",
      workload ->
          workload.says("kagenti.io/type", "agent"::equals)
              || workload.controllers().anyMatch(kind -> in(kind, "kagenti.io", "kagent.dev"))),
  OperatorBundle(
      "Operator",
      "a ServiceAccount belongs to an operator that the Operator Lifecycle Manager installed",
      workload -> workload.controllers().anyMatch(kind -> in(kind, "operators.coreos.com"))),
  OperatorName(
      "Operator",
      "a ServiceAccount has the label `control-plane: controller-manager`, or its name ends in `-operator` or `-controller-manager`",
      workload ->
          workload.says("control-plane", "controller-manager"::equals)
              || workload.accounts.stream()
                  .anyMatch(
                      name -> name.endsWith("-operator") || name.endsWith("-controller-manager"))),
  OwningController(
      "Infrastructure",
      "a ServiceAccount belongs to a custom resource, like a Kafka or a Prometheus",
      workload -> workload.controllers().anyMatch(Classification::isCustom)),
  CINamespace(
      "CICD",
      "the name of the namespace has one of the words ci, cicd, tekton, jenkins, runner, runners, argocd, flux, buildkite, drone, concourse, teamcity, woodpecker",
      Look::isNamedAsCI),
  CILabel(
      "CICD",
      "`app.kubernetes.io/name` or `app.kubernetes.io/part-of` of a ServiceAccount or of the namespace begins with the name of such a tool",
      Look::isLabelledAsCI),
  SystemNamespace(
      "Infrastructure",
      "the name of the namespace begins with `kube-` or ends in `-system`",
      workload ->
          workload.namespace().startsWith("kube-") || workload.namespace().endsWith("-system")),
  CloudIdentity(
      "Workload",
      "a ServiceAccount has a cloud role: `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account` or `azure.workload.identity/client-id`",
      workload ->
          Stream.of(
                  "eks.amazonaws.com/role-arn",
                  "iam.gke.io/gcp-service-account",
                  "azure.workload.identity/client-id")
              .anyMatch(key -> workload.says(key, value -> !value.isBlank()))),
  RunsOnEveryNode(
      "Infrastructure", "a DaemonSet uses it", workload -> workload.isSetUpBy("DaemonSet")),
  RunsAsService(
      "Workload",
      "a Deployment, StatefulSet or Argo Rollout uses it",
      workload -> workload.isSetUpBy("Deployment", "StatefulSet", "Rollout")),
  RunsAsJob("Bot", "a CronJob or Job uses it", workload -> workload.isSetUpBy("CronJob", "Job")),
  RunsInPods("Workload", "pods use it, or used it", Look::ran),
  TokenWithoutPod(
      "Integration",
      "a ServiceAccount has a token that never expires or that Credence issues, and nothing in the cluster uses the ServiceAccount",
      Look::hasToken);

  private static final Set<Classification> BY_USE =
      Set.of(RunsOnEveryNode, RunsAsService, RunsAsJob, RunsInPods, TokenWithoutPod);

  private final String type;
  private final String meaning;
  private final Predicate<Look> rule;

  Classification(String type, String meaning, Predicate<Look> rule) {
    this.type = type;
    this.meaning = meaning;
    this.rule = rule;
  }

  public String type() {
    return type;
  }

  /// A sentence for the reference.
  public String meaning() {
    return meaning;
  }

  public static Optional<Typed> of(Snapshot s, List<MemberRole> roles) {
    return s.identity()
        .type()
        .map(type -> new Typed(type, Typed.DECLARED))
        .or(() -> classified(s, roles));
  }

  private static Optional<Typed> classified(Snapshot s, List<MemberRole> roles) {
    var workload = Look.of(s, roles);
    var found = Stream.of(values()).filter(rule -> rule.rule.test(workload)).findFirst();
    var known = s.identity().recorded().classified().flatMap(Classification::byUse);
    var isWrittenDown = found.filter(rule -> !BY_USE.contains(rule)).isPresent();
    return (isWrittenDown || s.evidence().uses().problems().isEmpty()
            ? found.or(() -> known)
            : known.or(() -> found))
        .map(rule -> new Typed(rule.type, rule.name()));
  }

  /// The recorded classification, if an earlier reconcile derived it from use.
  private static Optional<Classification> byUse(Classified known) {
    return BY_USE.stream().filter(rule -> rule.name().equals(known.rule())).findFirst();
  }

  /// `apiVersion/Kind`, where an identity has no version.
  private static boolean in(String kind, String... groups) {
    return Stream.of(groups).anyMatch(group -> kind.startsWith(group + "/"));
  }

  /// Groups of Kubernetes have no dot, or end in k8s.io; what we make is no sign of anything.
  private static boolean isCustom(String kind) {
    var group = kind.substring(0, Math.max(0, kind.indexOf('/')));
    return group.contains(".") && !group.endsWith("k8s.io");
  }

  /// The input of the rules. `accounts`: the ServiceAccounts of the identity; `setUp`: the objects
  /// that use them or its Secrets.
  ///
  /// Members that the operator is about to create or adopt count already. Otherwise the identity
  /// would match one policy until half of them exist and another policy after that, and would get
  /// without approval what the second policy requires an approval for.
  record Look(Snapshot s, Set<String> accounts, List<SetUp> setUp, boolean ran) {
    private static final Set<String> CI_WORDS =
        Set.of(
            "ci",
            "cicd",
            "tekton",
            "jenkins",
            "runner",
            "runners",
            "argocd",
            "flux",
            "buildkite",
            "drone",
            "concourse",
            "teamcity",
            "woodpecker");

    private static final Pattern CI_TOOL =
        Pattern.compile(
            "(tekton|jenkins|gitlab-runner|gha-|actions-runner|argocd|argo-workflows|flux|buildkite|drone|concourse|teamcity|woodpecker).*");

    public static Look of(Snapshot s, List<MemberRole> roles) {
      var own = MemberRole.presentOrComing(roles);
      return new Look(
          s,
          own.stream()
              .filter(subject -> subject.kind() == ObjectRef.Kind.ServiceAccount)
              .map(ObjectRef::name)
              .collect(Collectors.toUnmodifiableSet()),
          s.evidence().uses().setUp().stream().filter(one -> own.contains(one.what())).toList(),
          s.evidence().uses().ran().keySet().stream().anyMatch(own::contains)
              || s.identity().recorded().lastUse().filter(use -> use.sign() == Sign.Pod).isPresent()
              // Pods come and go, and with them an identity would change its policy.
              || s.identity()
                  .recorded()
                  .classified()
                  .filter(known -> known.rule().equals(RunsInPods.name()))
                  .isPresent());
    }

    String namespace() {
      return s.identity().namespace();
    }

    private Stream<Map<String, String>> signals() {
      return accounts.stream()
          .sorted()
          .map(account -> s.evidence().signals().getOrDefault(account, Map.of()));
    }

    boolean says(String key, Predicate<String> what) {
      return signals().anyMatch(of -> what.test(of.getOrDefault(key, "")));
    }

    boolean isNamedAsCI() {
      return Stream.of(namespace().split("-")).anyMatch(CI_WORDS::contains);
    }

    boolean isLabelledAsCI() {
      return Stream.concat(signals(), Stream.of(s.namespaceFacts().labels()))
          .flatMap(
              labels ->
                  Stream.of("app.kubernetes.io/name", "app.kubernetes.io/part-of")
                      .map(key -> labels.getOrDefault(key, "")))
          .anyMatch(name -> CI_TOOL.matcher(name).matches());
    }

    Stream<String> controllers() {
      return accounts.stream()
          .flatMap(account -> s.member(ObjectRef.account(account)).stream())
          .map(Member::object)
          .flatMap(object -> object.controller().stream())
          .map(Controller::kind);
    }

    boolean isSetUpBy(String... kinds) {
      var wanted = Stream.of(kinds).collect(Collectors.toSet());
      return setUp.stream().anyMatch(one -> wanted.contains(one.kind()));
    }

    boolean hasToken() {
      return s.suspensionFacts().tokens().stream()
              .anyMatch(token -> accounts.contains(token.account()))
          || s.identity().secrets().stream().anyMatch(secret -> secret.isToken());
    }
  }
}
