// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.evidence.Coverage.Interval;
import dev.credence.facts.evidence.Networks;
import dev.credence.observe.audit.AuditFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");

  private Instant now = START;
  private final Inbox inbox = new Inbox(AuditFormat.auto, Networks.NONE, new Adjustable());

  @Test
  void a_receiver_that_nobody_reaches_covers_nothing_until_somebody_does() throws IOException {
    now = at(600);
    assertThat(inbox.take()).isEmpty();
    add("crm/v1");
    now = at(660);
    assertThat(inbox.take().orElseThrow().covered()).containsExactly(new Interval(START, at(660)));
    assertThat(inbox.take()).isEmpty();
  }

  @Test
  void from_a_refusal_to_the_next_accepted_request_nothing_is_covered() throws IOException {
    add("crm/v1");
    now = at(100);
    inbox.refuse();
    now = at(200);
    inbox.refuse();
    now = at(400);
    add("crm/v1");
    now = at(500);
    assertThat(inbox.take().orElseThrow().covered())
        .containsExactly(new Interval(START, at(100)), new Interval(at(400), at(500)));
  }

  @Test
  void our_own_writes_cause_no_write() throws IOException {
    add(EvidenceStore.AGENT);
    assertThat(inbox.take()).isEmpty();
    add("crm/v1");
    assertThat(inbox.take().orElseThrow().evidence().accounts()).hasSize(1);
  }

  @Test
  void what_could_not_be_written_is_part_of_the_next_batch() throws IOException {
    add("crm/v1");
    now = at(60);
    var first = inbox.take().orElseThrow();
    inbox.giveBack(first);
    now = at(120);
    var second = inbox.take().orElseThrow();
    assertThat(second.evidence().accounts()).containsOnlyKeys("sales/crm");
    assertThat(List.copyOf(second.covered()))
        .containsExactlyInAnyOrder(new Interval(START, at(60)), new Interval(at(60), at(120)));
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private void add(String agent) throws IOException {
    var event =
        """
        {"auditID": "one", "stage": "ResponseComplete", "verb": "get", "userAgent": "%s",
         "user": {"username": "system:serviceaccount:sales:crm"},
         "objectRef": {"resource": "pods", "namespace": "sales"},
         "responseStatus": {"code": 200}, "requestReceivedTimestamp": "2027-01-01T00:00:00Z"}
        """
            .formatted(agent);
    assertThat(inbox.reader().stream(new ByteArrayInputStream(event.getBytes(UTF_8)))).isEmpty();
    inbox.accept();
  }

  private final class Adjustable extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
