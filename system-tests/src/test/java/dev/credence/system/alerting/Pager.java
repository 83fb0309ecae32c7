// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.alerting;

import static dev.credence.testing.Eventually.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.cluster.AlertmanagerProcess;
import dev.credence.monitoring.Rules;
import dev.credence.observe.Loopback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// A real Alertmanager with the routes and inhibition rules of the chart, and receivers that record
/// what each team gets. Its waiting times are shorter, and all else is as users copy it.
final class Pager implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String SETTLED = "Settled";

  private final List<Notification> received = new CopyOnWriteArrayList<>();
  private final Map<Alert, Instant> starts = new HashMap<>();
  private final Loopback receivers;
  private final AlertmanagerProcess alertmanager;
  private int settled;

  /// `status`: firing, or resolved where all alerts are.
  record Notification(String receiver, String status, List<Alert> firing, List<Alert> resolved) {}

  /// An alert by its labels. Annotations do not tell one from another.
  record Alert(Map<String, String> labels) {
    Alert {
      labels = new TreeMap<>(labels);
    }

    String label(String name) {
      return labels.getOrDefault(name, "");
    }

    String name() {
      return label("alertname");
    }
  }

  Pager() {
    receivers =
        new Loopback(
            exchange -> {
              try (exchange) {
                var path = exchange.getRequestURI().getPath().substring(1);
                received.add(notification(path, JSON.readTree(exchange.getRequestBody())));
                exchange.sendResponseHeaders(200, -1);
              }
            });
    try {
      alertmanager =
          AlertmanagerProcess.start(
              Files.readString(Rules.ROUTES)
                      .replace("https://pager.example.com", receivers.url())
                      .replace("group_wait: 30s", "group_wait: 1s")
                      .replace("group_interval: 5m", "group_interval: 500ms")
                  + Files.readString(Rules.INHIBITIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Notification notification(String receiver, JsonNode body) {
    var alerts =
        body.path("alerts")
            .valueStream()
            .collect(
                Collectors.partitioningBy(
                    alert -> alert.path("status").asText().equals("firing"),
                    Collectors.mapping(Pager::alert, Collectors.toList())));
    return new Notification(
        receiver, body.path("status").asText(), alerts.get(true), alerts.get(false));
  }

  private static Alert alert(JsonNode alert) {
    return new Alert(JSON.convertValue(alert.path("labels"), new Labels()));
  }

  private static final class Labels extends TypeReference<Map<String, String>> {}

  /// Sends alerts as Prometheus does, and waits until Alertmanager has told the receivers.
  void report(List<Alert> firing, List<Alert> resolved) {
    var now = Instant.now();
    var alerts = JSON.createArrayNode();
    for (var alert : firing) {
      add(alerts, alert, starts.computeIfAbsent(alert, _ -> now));
    }
    for (var alert : resolved) {
      add(alerts, alert, starts.remove(alert)).put("endsAt", now.toString());
    }
    alertmanager.alert(alerts);
    // The first comes after the notifications of new groups, the second after those of known ones.
    settle();
    settle();
  }

  private static ObjectNode add(ArrayNode alerts, Alert alert, Instant start) {
    var node = alerts.addObject().put("startsAt", start.toString());
    node.set("labels", JSON.valueToTree(alert.labels()));
    return node;
  }

  private void settle() {
    var mark = new Alert(Map.of("alertname", SETTLED, "namespace", "n" + settled++));
    var alerts = JSON.createArrayNode();
    add(alerts, mark, Instant.now());
    alertmanager.alert(alerts);
    within(DEADLINE, "Alertmanager notifies of " + mark)
        .until(() -> received.stream().anyMatch(one -> one.firing().contains(mark)));
  }

  void silence(Map<String, String> labels) {
    var silence = JSON.createObjectNode();
    var now = Instant.now();
    silence.put("startsAt", now.toString()).put("endsAt", now.plus(Duration.ofHours(1)).toString());
    silence.put("createdBy", "test").put("comment", "known");
    var matchers = silence.putArray("matchers");
    labels.forEach(
        (name, value) ->
            matchers
                .addObject()
                .put("name", name)
                .put("value", value)
                .put("isRegex", false)
                .put("isEqual", true));
    alertmanager.silence(silence);
  }

  /// Since the last call.
  List<Notification> taken() {
    var taken =
        received.stream()
            .filter(
                one ->
                    !one.firing().stream().anyMatch(alert -> alert.name().equals(SETTLED))
                        && !one.resolved().stream().anyMatch(alert -> alert.name().equals(SETTLED)))
            .toList();
    received.clear();
    return taken;
  }

  @Override
  public void close() {
    alertmanager.close();
    receivers.close();
  }
}
