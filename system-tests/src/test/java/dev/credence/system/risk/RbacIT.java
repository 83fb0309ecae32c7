// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.risk;

import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cluster.AccessReview;
import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.OnCluster;
import dev.credence.cluster.TestNamespace;
import dev.credence.decide.risk.EffectiveRights;
import dev.credence.facts.rbac.Access;
import dev.credence.facts.rbac.Who;
import dev.credence.world.RandomRbac;
import dev.credence.world.RandomRbac.Asked;
import dev.credence.world.Rbac;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What we say an account may do is what the API server says.
@OnCluster
class RbacIT {
  private static final int REQUESTS = 4000;
  private static final int AT_ONCE = 50;
  private static final Duration CACHES = Duration.ofSeconds(60);

  private record Answer(Asked asked, boolean ours, boolean theirs) {}

  @Test
  void an_account_may_do_what_the_api_server_says(LocalCluster cluster, TestNamespace sales)
      throws Exception {
    var client = cluster.client();
    try (var other = TestNamespace.create(client, "rbac-other", Map.of())) {
      var prefix = sales.name() + "-";
      var random = new RandomRbac(7, prefix, List.of(sales.name(), other.name()));
      var objects = random.objects(12, 40);
      try {
        inParallel(objects, object -> client.resource(object).create());
        within(CACHES, "what is aggregated is put together")
            .until(
                () ->
                    !client
                        .rbac()
                        .clusterRoles()
                        .withName(prefix + "all")
                        .get()
                        .getRules()
                        .isEmpty());
        var asked = Stream.generate(random::asked).limit(REQUESTS).distinct().toList();
        var answers = new ArrayList<>(answers(client, asked));
        assertThat(answers).hasSizeGreaterThan(2000);
        // The API server answers from caches, and what it aggregates comes in steps.
        within(CACHES, "both say the same")
            .untilAsserted(
                () -> {
                  var differing = answers.stream().filter(a -> a.ours() != a.theirs()).toList();
                  answers.removeAll(differing);
                  answers.addAll(answers(client, differing.stream().map(Answer::asked).toList()));
                  assertThat(answers).filteredOn(a -> a.ours() != a.theirs()).isEmpty();
                });
        // It is about both answers, and about more than the wildcards.
        var allowed = answers.stream().filter(Answer::theirs).count();
        System.out.printf("%d of %d requests are allowed%n", allowed, answers.size());
        assertThat(allowed).isBetween(answers.size() / 50L, answers.size() * 9L / 10);
      } finally {
        inParallel(objects, object -> client.resource(object).delete());
      }
    }
  }

  private static List<Answer> answers(KubernetesClient client, List<Asked> asked) {
    var catalog = catalog(client);
    return inParallel(asked, one -> new Answer(one, ours(catalog, one), theirs(client, one)));
  }

  private static Rbac catalog(KubernetesClient client) {
    return Rbac.of(
        Stream.<List<? extends HasMetadata>>of(
                client.rbac().roles().inAnyNamespace().list().getItems(),
                client.rbac().clusterRoles().list().getItems(),
                client.rbac().roleBindings().inAnyNamespace().list().getItems(),
                client.rbac().clusterRoleBindings().list().getItems())
            .<HasMetadata>flatMap(List::stream)
            .toList());
  }

  private static boolean ours(Rbac catalog, Asked asked) {
    var who = new Who.ServiceAccount(asked.home(), asked.account(), true);
    return new EffectiveRights(catalog.grants(who))
        .allow(
            new Access(
                asked.verb(), asked.group(), asked.resource(), asked.namespace(), asked.name()));
  }

  private static boolean theirs(KubernetesClient client, Asked asked) {
    var parts = asked.resource().split("/", 2);
    return AccessReview.allows(
        client,
        asked.home(),
        asked.account(),
        new ResourceAttributesBuilder()
            .withVerb(asked.verb())
            .withGroup(asked.group())
            .withResource(parts[0])
            .withSubresource(parts.length == 2 ? parts[1] : "")
            .withNamespace(asked.namespace())
            .withName(asked.name())
            .build());
  }

  private static <T, R> List<R> inParallel(List<T> items, Function<T, R> work) {
    try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
      var results = new ArrayList<R>();
      for (var done :
          pool.invokeAll(
              items.stream().<Callable<R>>map(item -> () -> work.apply(item)).toList())) {
        results.add(done.get());
      }
      return results;
    } catch (InterruptedException | ExecutionException failed) {
      throw new AssertionError(failed);
    }
  }
}
