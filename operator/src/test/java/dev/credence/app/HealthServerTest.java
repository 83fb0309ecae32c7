// SPDX-License-Identifier: Apache-2.0
package dev.credence.app;

import static dev.credence.testing.Eventually.DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.metrics.Busy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthServerTest {
  private static final String HERE = "127.0.0.1";

  private final AtomicReference<List<String>> live = new AtomicReference<>(List.of());
  private final AtomicReference<List<String>> ready = new AtomicReference<>(List.of());
  private final AtomicReference<List<String>> started = new AtomicReference<>(List.of());
  private final AtomicReference<List<String>> notes = new AtomicReference<>(List.of());

  @AutoClose private final HealthServer pages;
  @AutoClose private final HttpClient client = HttpClient.newHttpClient();

  HealthServerTest() throws IOException {
    pages =
        new HealthServer(
            HERE,
            0,
            Busy.page(),
            new HealthServer.Health(live::get, ready::get, started::get, notes::get));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz/live", "/healthz/ready", "/healthz/started"})
  void what_is_well_is_ok(String path) throws Exception {
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok\n");
  }

  @Test
  void each_page_of_health_says_what_is_the_matter_with_it() throws Exception {
    ready.set(List.of("not watching Secrets", "not watching Namespaces"));
    var answer = get("/healthz/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("not watching Secrets\nnot watching Namespaces\n");
    assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
    assertThat(get("/healthz/started").statusCode()).isEqualTo(200);

    started.set(List.of("reading the cluster"));
    live.set(List.of("no sweep"));
    assertThat(get("/healthz/started").statusCode()).isEqualTo(503);
    assertThat(get("/healthz/live").body()).isEqualTo("no sweep\n");
  }

  @Test
  void a_note_does_not_make_it_unhealthy() throws Exception {
    notes.set(List.of("The CRD is old."));
    var answer = get("/healthz/ready");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok\nThe CRD is old.\n");
    assertThat(get("/healthz/live").body()).isEqualTo("ok\n");
  }

  @Test
  void health_is_asked_anew_each_time() throws Exception {
    ready.set(List.of("starting"));
    assertThat(get("/healthz/ready").statusCode()).isEqualTo(503);
    ready.set(List.of());
    assertThat(get("/healthz/ready").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/favicon.ico", "/healthz", "/debug/pprof"})
  void elsewhere_one_is_told_where_to_look(String path) throws Exception {
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("/metrics", "/healthz/ready");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                  | text/plain; version=0.0.4; charset=utf-8",
        "text/plain                                        | text/plain; version=0.0.4; charset=utf-8",
        "application/openmetrics-text;version=1.0.0;q=0.75 | application/openmetrics-text; version=1.0.0; charset=utf-8"
      })
  void metrics_come_in_the_format_that_is_asked_for(String accept, String type) throws Exception {
    var request = request("/metrics");
    if (accept != null) {
      request.header("Accept", accept);
    }
    var answer = client.send(request.build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
    assertThat(answer.body()).contains("credence_leader 1", "jvm_memory_used_bytes");
    assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(type.contains("openmetrics"));
  }

  @Test
  void a_head_is_answered_without_a_body() throws Exception {
    for (var path : List.of("/healthz/ready", "/nowhere", "/metrics")) {
      var head = request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
      var answer = client.send(head, BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(path.equals("/nowhere") ? 404 : 200);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void clients_that_stall_hold_nobody_up() throws Exception {
    var stalled = new ArrayList<Socket>();
    try {
      for (var number = 0; number < 40; number++) {
        var socket = new Socket(InetAddress.getByName(HERE), pages.port());
        socket.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        stalled.add(socket);
      }
      assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
      assertThat(get("/metrics").statusCode()).isEqualTo(200);
    } finally {
      for (var socket : stalled) {
        socket.close();
      }
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + HERE + ":" + pages.port() + path))
        .timeout(DEADLINE);
  }
}
