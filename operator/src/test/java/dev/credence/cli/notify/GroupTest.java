// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import static dev.credence.cli.notify.Sample.ADDRESSES;
import static dev.credence.cli.notify.Sample.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.show.StatusRow;
import dev.credence.cli.show.StatusRow.Urgency;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GroupTest {

  private static List<String> recipients(StatusRow... problems) {
    return Group.of(List.of(problems), ADDRESSES).stream()
        .map(group -> group.recipient().words() + ": " + group.problems().size())
        .toList();
  }

  @Test
  void problems_are_grouped_by_contact_and_team() {
    assertThat(
            recipients(
                problem(Urgency.Blocked, "Secret sales/a", "alice@example.com", "sales"),
                problem(Urgency.Blocked, "Secret sales/b", "Alice@Example.com", "sales"),
                problem(Urgency.Blocked, "Secret shop/c", "alice@example.com", "shop"),
                problem(Urgency.NotReady, "Secret shop/d", "bob@example.com", "")))
        .containsExactly(
            "alice@example.com, team sales: 2",
            "alice@example.com, team shop: 1",
            "bob@example.com: 1");
  }

  @Test
  void the_fallback_gets_what_has_no_usable_contact() {
    assertThat(
            recipients(
                problem(Urgency.OperatorNotRunning, "Lease credence-system/credence", "", ""),
                problem(Urgency.Blocked, "Secret sales/a", "#sales-oncall", "sales"),
                problem(Urgency.Blocked, "Secret sales/b", "eve@attacker.example", "sales"),
                problem(Urgency.NotReady, "CredentialPolicy base", "", "")))
        .containsExactly("platform@example.com: 2", "platform@example.com, team sales: 2");
  }

  /// A user of one namespace can write as many contacts and teams as there are identities.
  @Test
  void a_namespace_has_a_limited_number_of_recipients() {
    var many =
        IntStream.range(0, 200)
            .mapToObj(
                number ->
                    problem(
                        Urgency.Blocked,
                        "Secret tenant/s%03d".formatted(number),
                        "a%d@example.com".formatted(number),
                        ""));
    var other = problem(Urgency.Blocked, "Secret victim/x", "bob@example.com", "");
    var groups = Group.of(Stream.concat(many, Stream.of(other)).toList(), ADDRESSES);
    assertThat(groups).hasSize(Group.RECIPIENTS_OF_A_NAMESPACE + 2);
    assertThat(groups)
        .filteredOn(group -> group.recipient().words().equals("platform@example.com"))
        .singleElement()
        .satisfies(group -> assertThat(group.problems()).hasSize(150));
    assertThat(groups).anyMatch(group -> group.recipient().words().equals("bob@example.com"));
  }
}
