// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.AccessReview;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.decide.risk.RiskCondition.Can;
import dev.credence.decide.risk.RiskRule.Sort;
import dev.credence.facts.rbac.Who;
import dev.credence.world.Rbac;
import dev.credence.world.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The clusters of `risks/` on a real API server: it allows every right that a finding names, and
/// none of those that a rule asks for where nothing is found.
@OnCluster
class RiskRulesIT {
  private static final Path FOLDER = LocalCluster.TOP.resolve("operator/src/test/resources/risks");
  private static final int AT_ONCE = 50;

  private record Question(
      String rule,
      String account,
      String verb,
      String resource,
      String namespace,
      List<String> names,
      boolean allowed) {}

  private final List<HasMetadata> objects = new ArrayList<>();
  private final List<Question> questions = new ArrayList<>();

  @Test
  void the_api_server_allows_what_is_found_and_nothing_of_what_is_not(
      LocalCluster cluster, TestNamespace sales) throws Exception {
    var client = cluster.client();
    try (var other = TestNamespace.create(client, "risk-other", Map.of())) {
      for (var rule : RiskRules.ALL) {
        if (rule.sort() != Sort.Bond) {
          ask(rule, "found", sales.name(), other.name());
          ask(rule, "not-found", sales.name(), other.name());
        }
      }
      try {
        inParallel(objects.stream().map(object -> (Runnable) client.resource(object)::create));
        assertThat(questions).hasSizeGreaterThan(200);
        within(Duration.ofSeconds(60), "the API server says the same")
            .untilAsserted(
                () -> {
                  var wrong = new ArrayList<Question>();
                  inParallel(
                      questions.stream()
                          .map(
                              question ->
                                  () -> {
                                    if (isAllowed(client, question, sales.name())
                                        != question.allowed()) {
                                      synchronized (wrong) {
                                        wrong.add(question);
                                      }
                                    }
                                  }));
                  assertThat(wrong).isEmpty();
                });
      } finally {
        inParallel(objects.stream().map(object -> (Runnable) client.resource(object)::delete));
      }
    }
  }

  /// The objects of a fixture under names of their own, and what there is to ask about them.
  private void ask(RiskRule rule, String file, String sales, String other) throws IOException {
    var prefix = sales + "-" + rule.id().toLowerCase(Locale.ROOT) + "-" + file + "-";
    var account = prefix + "sync";
    var those =
        Yaml.documents(Files.readString(FOLDER.resolve(rule.id()).resolve(file + ".yaml"))).stream()
            .map(document -> Yaml.read(Yaml.node(document)))
            .filter(object -> object.getApiVersion().startsWith("rbac"))
            .toList();
    those.forEach(object -> move(object, prefix, account, sales, other));
    objects.addAll(those);
    if (file.equals("found")) {
      askWhatIsFound(rule, account, sales, those);
    } else {
      rule.cases().forEach(one -> askWhatIsNot(rule, one, account, sales));
    }
  }

  private void askWhatIsFound(
      RiskRule rule, String account, String sales, List<HasMetadata> those) {
    var who = new Who.ServiceAccount(sales, account, true);
    var names = Stream.concat(Stream.of(""), names(those)).distinct().toList();
    var isWritten =
        rule.cases().stream().allMatch(one -> one.condition() instanceof RiskCondition.Written);
    SubjectScope.all(who, Rbac.of(those).grants(who), Optional.empty()).stream()
        .flatMap(
            place ->
                rule.in(place, Set.of("kube-system")).stream()
                    .flatMap(hit -> hit.match().rights().stream())
                    // How a rule is written is no question for an authorizer.
                    .filter(right -> !isWritten && !right.matches("impersonate(-on)?:.*"))
                    .map(
                        right -> {
                          var words = right.split(" ");
                          return new Question(
                              rule.id(),
                              account,
                              words[0],
                              words[1],
                              place.namespace(),
                              names,
                              true);
                        }))
        .forEach(questions::add);
  }

  private void askWhatIsNot(RiskRule rule, RiskRule.Case one, String account, String sales) {
    if (one.condition() instanceof Can can) {
      var where = one.scale().namespace().isPresent() ? sales : "kube-system";
      var namespaces = can.global() ? List.of("") : List.of("", where);
      for (var resource : can.resources()) {
        for (var verb : can.verbs()) {
          for (var namespace : namespaces) {
            questions.add(
                new Question(
                    rule.id(),
                    account,
                    verb,
                    resource.text(),
                    namespace,
                    can.called().isEmpty() ? List.of("") : can.called(),
                    false));
          }
        }
      }
    }
  }

  private static Stream<String> names(List<HasMetadata> objects) {
    return objects.stream()
        .flatMap(
            object ->
                switch (object) {
                  case Role role -> role.getRules().stream();
                  case ClusterRole role -> role.getRules().stream();
                  default -> Stream.<PolicyRule>of();
                })
        .flatMap(rule -> rule.getResourceNames().stream());
  }

  private static void move(
      HasMetadata object, String prefix, String account, String sales, String other) {
    var meta = object.getMetadata();
    meta.setName(prefix + meta.getName());
    meta.setNamespace(moved(meta.getNamespace(), sales, other));
    switch (object) {
      case RoleBinding binding -> {
        binding.getRoleRef().setName(prefix + binding.getRoleRef().getName());
        move(binding.getSubjects(), account, sales, other);
      }
      case ClusterRoleBinding binding -> {
        binding.getRoleRef().setName(prefix + binding.getRoleRef().getName());
        move(binding.getSubjects(), account, sales, other);
      }
      default -> {}
    }
  }

  private static void move(List<Subject> subjects, String account, String sales, String other) {
    for (var subject : subjects) {
      subject.setName(account);
      subject.setNamespace(moved(subject.getNamespace(), sales, other));
    }
  }

  private static String moved(String namespace, String sales, String other) {
    if (namespace == null || namespace.equals("kube-system")) {
      return namespace;
    }
    return namespace.equals("sales") ? sales : other;
  }

  private static boolean isAllowed(
      KubernetesClient client, Question question, String accountNamespace) {
    return question.names().stream()
        .anyMatch(
            name -> {
              var path = question.resource().split("/");
              // `apps/deployments`, `pods/exec`: a group has a dot, or is one of the few without.
              var hasGroup =
                  path[0].contains(".") || Set.of("apps", "batch", "*").contains(path[0]);
              var resource = hasGroup ? path[1] : path[0];
              var rest = hasGroup ? 2 : 1;
              return AccessReview.allows(
                  client,
                  accountNamespace,
                  question.account(),
                  new ResourceAttributesBuilder()
                      .withVerb(question.verb())
                      .withGroup(hasGroup ? path[0] : "")
                      .withResource(resource)
                      .withSubresource(path.length > rest ? path[rest] : "")
                      .withNamespace(question.namespace())
                      .withName(name)
                      .build());
            });
  }

  private static void inParallel(Stream<Runnable> work)
      throws InterruptedException, ExecutionException {
    try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var done : pool.invokeAll(work.map(Executors::callable).toList())) {
        done.get();
      }
    }
  }
}
