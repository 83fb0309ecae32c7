// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import dev.credence.cluster.LocalCluster;
import dev.credence.cluster.Trust;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Stands between an operator and the API server and passes everything on, but for the requests
/// that it was told to hold back, and those whose answer it was told to lose.
public final class Gate implements AutoCloseable {
  private final List<Order> orders = new CopyOnWriteArrayList<>();
  private final Relay relay;

  public static Gate to(LocalCluster cluster) {
    try {
      return new Gate(cluster.client());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Gate(KubernetesClient client) throws IOException {
    var server = URI.create(client.getMasterUrl().toString());
    var trust = Trust.of(client).getSocketFactory();
    relay = new Relay(() -> trust.createSocket(server.getHost(), server.getPort()), Guest::new);
  }

  /// Where the operator is to go. Without TLS: the other side of the gate has it.
  public URI address() {
    return relay.address();
  }

  /// The next request that begins like this (`POST /api/v1/namespaces/sales/secrets`) waits until
  /// it is let through.
  public Order holdBack(String start) {
    return obey(new Order(start, false));
  }

  /// The next request that begins like this reaches the API server, and its answer nobody.
  public Order loseTheAnswerTo(String start) {
    return obey(new Order(start, true));
  }

  private Order obey(Order given) {
    orders.add(given);
    return given;
  }

  /// What is to happen to one request.
  public static final class Order {
    private final String start;
    private final boolean loses;
    private final CountDownLatch met = new CountDownLatch(1);
    private final CountDownLatch through = new CountDownLatch(1);

    private Order(String start, boolean loses) {
      this.start = start;
      this.loses = loses;
    }

    /// Returns when the request has come, or its answer is lost.
    public void awaitMet() {
      await(met, "nobody asked " + start);
    }

    public void letThrough() {
      through.countDown();
    }

    private static void await(CountDownLatch latch, String otherwise) {
      try {
        if (!latch.await(30, TimeUnit.SECONDS)) {
          throw new AssertionError(otherwise);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private final class Guest implements Relay.Connection {
    private final AtomicReference<Order> losing = new AtomicReference<>();

    @Override
    public boolean passesRequest(String start) {
      orders.stream()
          .filter(order -> start.startsWith(order.start))
          .findFirst()
          .filter(orders::remove)
          .ifPresent(this::carryOut);
      return true;
    }

    private void carryOut(Order order) {
      if (order.loses) {
        losing.set(order);
      } else {
        order.met.countDown();
        Order.await(order.through, "never let through: " + order.start);
      }
    }

    @Override
    public boolean passesAnswer() {
      var order = losing.get();
      if (order != null) {
        order.met.countDown();
      }
      return order == null;
    }
  }

  @Override
  public void close() {
    relay.close();
  }
}
