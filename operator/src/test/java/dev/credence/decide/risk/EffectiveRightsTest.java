// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.rbac.Access;
import dev.credence.facts.rbac.Who;
import dev.credence.world.RandomRbac;
import dev.credence.world.RandomRbac.Asked;
import dev.credence.world.Rbac;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What an account may do is what RBAC says, for whatever roles and bindings there are.
class EffectiveRightsTest {
  private static final int CLUSTERS = 400;
  private static final int REQUESTS = 200;

  @Test
  void an_account_may_do_what_the_documentation_of_rbac_says() {
    var allowed = 0;
    for (var seed = 0; seed < CLUSTERS; seed++) {
      var random = new RandomRbac(seed, "random-", List.of("sales", "billing"));
      var objects = random.objects(6, 10);
      var plain = new PlainAuthorizer(objects);
      var catalog = Rbac.of(objects);
      for (var i = 0; i < REQUESTS; i++) {
        var asked = random.asked();
        var expected = plain.allows(asked);
        assertThat(allows(catalog, asked)).as("seed %d: %s", seed, asked).isEqualTo(expected);
        allowed += expected ? 1 : 0;
      }
    }
    // It is about both answers.
    assertThat(allowed).isBetween(CLUSTERS * REQUESTS / 50, CLUSTERS * REQUESTS * 9 / 10);
  }

  static boolean allows(Rbac catalog, Asked asked) {
    var who = new Who.ServiceAccount(asked.home(), asked.account(), true);
    return new EffectiveRights(catalog.grants(who))
        .allow(
            new Access(
                asked.verb(), asked.group(), asked.resource(), asked.namespace(), asked.name()));
  }

  @Test
  void findings_come_in_one_order_once_for_each_rule_and_name_a_binding() {
    for (var seed = 0; seed < CLUSTERS; seed++) {
      var catalog =
          Rbac.of(new RandomRbac(seed, "random-", List.of("sales", "kube-system")).objects(6, 10));
      var who = new Who.ServiceAccount("sales", "sync", seed % 7 != 0);
      var findings = Findings.of(who, catalog.grants(who), Set.of("kube-system"), Optional.empty());
      assertThat(findings).isSortedAccordingTo(Findings.WORST_FIRST);
      assertThat(findings).extracting(finding -> finding.rule()).doesNotHaveDuplicates();
      assertThat(findings)
          .allSatisfy(finding -> assertThat(finding.via()).contains("RoleBinding/"));
    }
  }
}
