// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.decide.risk.Findings;
import dev.credence.facts.rbac.Binding;
import dev.credence.facts.rbac.PolicyRule;
import dev.credence.facts.rbac.Role;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Subject.Account;
import dev.credence.facts.rbac.Subject.Group;
import dev.credence.facts.rbac.Who;
import dev.credence.world.Rbac;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// 5,000 ServiceAccounts in 100 namespaces and 2,000 bindings to 300 roles, some of them to groups:
/// how long does it take to judge all of them, and those that one changed binding touches?
class RiskBench {
  private static final int ACCOUNTS = 5_000;
  private static final int NAMESPACES = 100;
  private static final int BINDINGS = 2_000;
  private static final int ROLES = 300;
  private static final long MIB = 1024 * 1024;
  private static final Set<String> PRIVILEGED = Set.of("kube-system", "credence-system");
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final List<String> RESOURCES =
      List.of(
          "pods", "secrets", "configmaps", "services", "deployments", "jobs", "events", "nodes");

  private final Random random = new Random(1);

  @Test
  void five_thousand_accounts_are_judged_within_five_seconds() throws IOException {
    var results = new Results("risk");
    var before = used();
    var bindings = IntStream.range(0, BINDINGS).mapToObj(this::binding).toList();
    var catalog = Rbac.of(bindings, IntStream.range(0, ROLES).mapToObj(this::role).toList());
    results.line("roles and bindings as facts: %d MiB", (used() - before) / MIB);
    var accounts =
        IntStream.range(0, ACCOUNTS)
            .mapToObj(n -> new Who.ServiceAccount(namespace(n), "account-" + n, true))
            .toList();

    for (var round = 1; round <= 3; round++) {
      var started = System.nanoTime();
      // As the operator does: several identities at a time.
      var found =
          accounts.parallelStream()
              .mapToInt(
                  account ->
                      Findings.of(account, catalog.grants(account), PRIVILEGED, Optional.empty())
                          .size())
              .sum();
      var took = Duration.ofNanos(System.nanoTime() - started);
      results.line(
          "%,d accounts, %,d bindings, %d processors, round %d: %d ms, %,d findings",
          ACCOUNTS,
          BINDINGS,
          Runtime.getRuntime().availableProcessors(),
          round,
          took.toMillis(),
          found);
      assertThat(took).isLessThan(BOUND);
    }

    var changed = bindings.get(7);
    var started = System.nanoTime();
    var touched =
        changed.subjects().stream()
            .filter(Account.class::isInstance)
            .map(Account.class::cast)
            .map(account -> new Who.ServiceAccount(account.namespace(), account.name(), true))
            .toList();
    touched.forEach(
        account -> Findings.of(account, catalog.grants(account), PRIVILEGED, Optional.empty()));
    results.line(
        "one changed binding touches %d accounts: %d µs",
        touched.size(), (System.nanoTime() - started) / 1000);
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static String namespace(int number) {
    return "namespace-" + number % NAMESPACES;
  }

  private Role role(int number) {
    var rules = new ArrayList<PolicyRule>();
    for (var i = 0; i < 12; i++) {
      rules.add(
          new PolicyRule(
              Set.of(i % 3 == 0 ? "apps" : ""),
              Set.of(any(), any() + "/status"),
              Set.of("get", i % 2 == 0 ? "list" : "create"),
              i % 5 == 0 ? Set.of("some-name") : Set.of()));
    }
    return new Role("", "role-" + number, rules);
  }

  private String any() {
    return RESOURCES.get(random.nextInt(RESOURCES.size()));
  }

  /// One in twenty is for all accounts of a namespace, one in a hundred for all there are.
  private Binding binding(int number) {
    var subjects = new ArrayList<Subject>();
    if (number % 100 == 0) {
      subjects.add(new Group("system:serviceaccounts"));
    } else if (number % 20 == 0) {
      subjects.add(new Group("system:serviceaccounts:" + namespace(number / 20)));
    } else {
      for (var i = 0; i < 3; i++) {
        var account = random.nextInt(ACCOUNTS);
        subjects.add(new Account(namespace(account), "account-" + account));
      }
    }
    return new Binding(
        number % 10 == 0 ? "" : namespace(random.nextInt(NAMESPACES)),
        "binding-" + number,
        true,
        "role-" + random.nextInt(ROLES),
        subjects);
  }
}
