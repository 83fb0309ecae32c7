// SPDX-License-Identifier: Apache-2.0
package dev.credence.cluster;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// Stands in for the operator in the tests of [OperatorProcess]: says who it is, gets ready, ends
/// when asked to.
public final class StandIn {
  public static void main(String[] arguments) throws IOException {
    try (var client = new KubernetesClientBuilder().build()) {
      System.out.println(
          "I am "
              + client
                  .resource(new SelfSubjectReview())
                  .create()
                  .getStatus()
                  .getUserInfo()
                  .getUsername());
    }
    var port = Integer.parseInt(System.getenv("CREDENCE_PORT"));
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    answer(server, "/healthz/ready", "ready\n");
    answer(server, "/metrics", "credence_leader 1.0\ncredence_build_info{version=\"0\"} 1.0\n");
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("asked to end")));
  }

  private static void answer(HttpServer server, String path, String text) {
    server.createContext(
        path,
        exchange -> {
          var body = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
  }

  private StandIn() {}
}
