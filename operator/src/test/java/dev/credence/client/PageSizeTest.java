// SPDX-License-Identifier: Apache-2.0
package dev.credence.client;

import static dev.credence.testing.Eventually.DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server with objects of a size, which answers in the pages that it is asked for.
class PageSizeTest {
  private final ConcurrentLinkedQueue<Integer> asked = new ConcurrentLinkedQueue<>();
  private int bytesOfEach = 1_000;
  private int objects = 2_000;
  private HttpServer server;
  private KubernetesClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var query =
              Arrays.stream(exchange.getRequestURI().getQuery().split("&"))
                  .map(part -> part.split("=", 2))
                  .collect(Collectors.toMap(part -> part[0], part -> part[1]));
          var limit = Integer.parseInt(query.get("limit"));
          asked.add(limit);
          var from = Integer.parseInt(query.getOrDefault("continue", "0"));
          var to = Math.min(objects, from + limit);
          var answer =
              "{\"apiVersion\":\"v1\",\"kind\":\"SecretList\",\"metadata\":{%s},\"items\":[%s]}"
                  .formatted(
                      to < objects ? "\"continue\":\"" + to + "\"" : "",
                      IntStream.range(from, to)
                          .mapToObj(
                              number ->
                                  "{\"metadata\":{\"name\":\"s-%d\",\"labels\":{\"a\":\"%s\"}}}"
                                      .formatted(number, "x".repeat(bytesOfEach)))
                          .collect(Collectors.joining(",")));
          var bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (IOException given) {
            // Not read to the end.
          }
        });
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestTimeout((int) DEADLINE.toMillis())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("pages", new PageSize()))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void pages_of_small_objects_grow() {
    assertThat(listed()).hasSize(objects);
    assertThat(asked).startsWith(50, 100, 200, 400).allMatch(limit -> limit <= 500);
  }

  @Test
  void pages_of_large_objects_are_small_and_the_first_is_given_up() {
    bytesOfEach = 1_000_000;
    objects = 40;
    assertThat(listed()).hasSize(objects).doesNotHaveDuplicates();
    assertThat(asked).startsWith(50, 6).allMatch(limit -> limit <= 50);
    assertThat(asked.stream().skip(3)).allMatch(limit -> limit <= 3);
  }

  @Test
  void the_largest_that_the_api_server_stores_is_read_one_at_a_time() {
    bytesOfEach = 9_000_000;
    objects = 3;
    assertThat(listed()).hasSize(objects);
    assertThat(asked).endsWith(1, 1, 1);
  }

  @Test
  void after_large_objects_pages_grow_no_more_for_a_while() {
    bytesOfEach = 1_000_000;
    objects = 20;
    assertThat(listed()).hasSize(objects);
    bytesOfEach = 10;
    objects = 100;
    asked.clear();
    assertThat(listed()).hasSize(objects);
    assertThat(asked).allMatch(limit -> limit <= 6);
  }

  @Test
  void what_is_no_list_in_pages_is_read_as_it_is() {
    // This server knows lists with a limit alone.
    assertThatThrownBy(() -> client.secrets().inNamespace("sales").list())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(asked).isEmpty();
  }

  private List<String> listed() {
    var names = new ArrayList<String>();
    Pages.of(client, Secret.class, Optional.of("sales"))
        .forEach(secret -> names.add(secret.getMetadata().getName()));
    return names;
  }
}
