// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Networks;
import dev.credence.observe.audit.StoredEvidence;
import dev.credence.observe.audit.UnreadableEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

/// Audit events as golden folders give them: requests of ServiceAccounts of the namespace
/// `sales`, once (`at`), or again and again (`every`, `from`, `until`).
public final class Audited {
  private static final Set<String> KNOWN =
      Set.of(
          "account", "user", "does", "name", "in", "code", "ip", "agent", "token", "as", "id", "at",
          "every", "from", "until");

  public static Evidence of(JsonNode requests) {
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    for (var request : requests) {
      request
          .properties()
          .forEach(
              field -> {
                if (!KNOWN.contains(field.getKey())) {
                  throw new IllegalArgumentException("a request has no " + field.getKey());
                }
              });
      var one = requested(request);
      times(request).forEach(time -> evidence.add(one.at(time).event()));
    }
    return evidence;
  }

  private static Stream<Instant> times(JsonNode request) {
    if (request.has("at")) {
      return Stream.of(Instant.parse(request.path("at").asText()));
    }
    var every = Duration.parse("PT" + request.path("every").asText().toUpperCase());
    var until = Instant.parse(request.path("until").asText());
    return Stream.iterate(
        Instant.parse(request.path("from").asText()),
        time -> time.isBefore(until),
        time -> time.plus(every));
  }

  private static Requested requested(JsonNode request) {
    var does = request.path("does").asText().split(" ", 2);
    var one = Requested.by("sales/" + request.path("account").asText()).does(does[0], does[1]);
    one = request.has("user") ? one.user(request.path("user").asText()) : one;
    one = request.has("name") ? one.named(request.path("name").asText()) : one;
    one = request.has("in") ? one.in(request.path("in").asText()) : one;
    one = request.has("code") ? one.answered(request.path("code").asInt()) : one;
    one = request.has("ip") ? one.from(request.path("ip").asText()) : one;
    one = request.has("agent") ? one.with(request.path("agent").asText()) : one;
    one = request.has("token") ? one.token(request.path("token").asText()) : one;
    one = request.has("as") ? one.as(request.path("as").asText()) : one;
    return request.has("id") ? one.id(request.path("id").asText()) : one;
  }

  /// The same once receivers have stored it, and readers have read all of it.
  public static Evidence stored(Evidence evidence, Instant now) {
    var read = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    evidence
        .byNamespace()
        .forEach(
            (observed, part) -> {
              try {
                read.addAll(
                    StoredEvidence.read(
                        StoredEvidence.write("credence-system", observed, part, now)));
              } catch (UnreadableEvidence wrong) {
                throw new AssertionError(wrong);
              }
            });
    return read;
  }

  private Audited() {}
}
