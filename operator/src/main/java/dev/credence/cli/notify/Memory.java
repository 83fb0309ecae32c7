// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What was sent: digests of texts and times, no address and no name.
///
/// @param slot the time of day whose digests were sent last
/// @param pending recipients whose digest of that time was not sent yet
/// @param digests the last digest of each recipient
/// @param urgent urgent problems that were sent
record Memory(
    Optional<Instant> slot, Set<String> pending, Map<String, Sent> digests, Set<String> urgent) {
  static final Memory NONE = new Memory(Optional.empty(), Set.of(), Map.of(), Set.of());

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SLOT = "slot";
  private static final String PENDING = "pending";
  private static final String DIGESTS = "digests";
  private static final String URGENT = "urgent";
  private static final String PRINT = "problems";
  private static final String TIME = "time";

  Memory {
    pending = new TreeSet<>(pending);
    digests = new TreeMap<>(digests);
    urgent = new TreeSet<>(urgent);
  }

  /// A digest that was sent. `print` tells its problems from others.
  record Sent(String print, Instant time) {}

  /// After a notice was sent.
  Memory after(Notice notice, Instant now) {
    var key = notice.group().recipient().key();
    var pendingNow = new TreeSet<>(pending);
    var digestsNow = new TreeMap<>(digests);
    var urgentNow = new TreeSet<>(urgent);
    if (notice.kind() == Notice.Kind.digest) {
      pendingNow.remove(key);
      digestsNow.put(key, new Sent(notice.group().print(), now.truncatedTo(ChronoUnit.SECONDS)));
    }
    urgentNow.addAll(notice.marks());
    return new Memory(slot, pendingNow, digestsNow, urgentNow);
  }

  /// Empty where the text is no state.
  static Optional<Memory> parse(String text) {
    try {
      var root = JSON.readTree(text);
      if (!root.isObject()) {
        return Optional.empty();
      }
      var digests = new TreeMap<String, Sent>();
      root.path(DIGESTS)
          .properties()
          .forEach(
              one ->
                  digests.put(
                      one.getKey(),
                      new Sent(
                          one.getValue().path(PRINT).asText(),
                          Instant.parse(one.getValue().path(TIME).asText()))));
      return Optional.of(
          new Memory(
              Optional.ofNullable(root.path(SLOT).asText(null)).map(Instant::parse),
              texts(root.path(PENDING)),
              digests,
              texts(root.path(URGENT))));
    } catch (JsonProcessingException | DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  private static Set<String> texts(JsonNode list) {
    var texts = new TreeSet<String>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  String json() {
    var root = JSON.createObjectNode();
    slot.ifPresent(time -> root.put(SLOT, time.toString()));
    pending.forEach(root.putArray(PENDING)::add);
    var sent = root.putObject(DIGESTS);
    digests.forEach(
        (key, digest) ->
            sent.<ObjectNode>set(
                key,
                JSON.createObjectNode()
                    .put(PRINT, digest.print())
                    .put(TIME, digest.time().toString())));
    urgent.forEach(root.putArray(URGENT)::add);
    return root.toString();
  }
}
