package dev.credence.it;

import dev.credence.cluster.LocalCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Stands between an operator and the API server and passes everything on, but for the requests
/// that it was told to hold back, and those whose answer it was told to lose.
final class Gate implements AutoCloseable {
  private static final int AT_ONCE = 1 << 16;

  private final URI server;
  private final SSLContext trust;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Order> orders = new CopyOnWriteArrayList<>();

  static Gate to(LocalCluster cluster) {
    try {
      return new Gate(cluster.client());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Gate(KubernetesClient client) throws IOException, GeneralSecurityException {
    server = URI.create(client.getMasterUrl().toString());
    trust = trust(client);
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::welcome);
  }

  /// Where the operator is to go. Without TLS: the other side of the gate has it.
  URI address() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /// The next request that begins like this (`POST /api/v1/namespaces/sales/secrets`) waits until
  /// it is let through.
  Order holdBack(String start) {
    return obey(new Order(start, false));
  }

  /// The next request that begins like this reaches the API server, and its answer nobody.
  Order loseTheAnswerTo(String start) {
    return obey(new Order(start, true));
  }

  private Order obey(Order given) {
    orders.add(given);
    return given;
  }

  /// What is to happen to one request.
  static final class Order {
    private final String start;
    private final boolean loses;
    private final CountDownLatch met = new CountDownLatch(1);
    private final CountDownLatch through = new CountDownLatch(1);

    private Order(String start, boolean loses) {
      this.start = start;
      this.loses = loses;
    }

    /// Returns when the request has come, or its answer is lost.
    void awaitMet() {
      await(met, "nobody asked " + start);
    }

    void letThrough() {
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

  private void welcome() {
    while (!door.isClosed()) {
      try {
        var guest = door.accept();
        Thread.ofVirtual().start(() -> connect(guest));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket guest) {
    try (guest;
        var host = trust.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
      open.add(guest);
      open.add(host);
      guest.setTcpNoDelay(true);
      host.setTcpNoDelay(true);
      var losing = new AtomicReference<Order>();
      var ended = new AtomicBoolean();
      var answers = Thread.ofVirtual().start(() -> passAnswers(host, guest, losing, ended));
      passRequests(guest, host, losing);
      ended.set(true);
      host.close();
      answers.join();
    } catch (IOException gone) {
      // either side has left
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(guest);
    }
  }

  private void passRequests(Socket guest, Socket host, AtomicReference<Order> losing)
      throws IOException {
    var bytes = new byte[AT_ONCE];
    for (int read; (read = guest.getInputStream().read(bytes)) > 0; ) {
      var head = new String(bytes, 0, Math.min(read, 512), StandardCharsets.ISO_8859_1);
      var met = orders.stream().filter(order -> head.startsWith(order.start)).findFirst();
      if (met.isPresent() && orders.remove(met.get())) {
        if (met.get().loses) {
          losing.set(met.get());
        } else {
          met.get().met.countDown();
          Order.await(met.get().through, "never let through: " + met.get().start);
        }
      }
      host.getOutputStream().write(bytes, 0, read);
      host.getOutputStream().flush();
    }
  }

  private static void passAnswers(
      Socket host, Socket guest, AtomicReference<Order> losing, AtomicBoolean ended) {
    var bytes = new byte[AT_ONCE];
    try {
      for (int read; (read = host.getInputStream().read(bytes)) > 0; ) {
        if (losing.get() != null) {
          losing.get().met.countDown();
          break;
        }
        guest.getOutputStream().write(bytes, 0, read);
        guest.getOutputStream().flush();
      }
      guest.close();
    } catch (IOException gone) {
      if (!ended.get()) {
        close(guest);
      }
    }
  }

  @Override
  public void close() {
    close(door);
    open.forEach(Gate::close);
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception alreadyGone) {
      // that is what was wanted
    }
  }

  /// The cluster's authority and nothing of ours: the operator brings its own token.
  private static SSLContext trust(KubernetesClient client)
      throws IOException, GeneralSecurityException {
    var configuration = client.getConfiguration();
    var pem =
        configuration.getCaCertData() == null
            ? Files.readAllBytes(Path.of(configuration.getCaCertFile()))
            : Base64.getMimeDecoder().decode(configuration.getCaCertData());
    var known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null, null);
    var number = 0;
    for (var certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))) {
      known.setCertificateEntry("ca-" + number++, certificate);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(known);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
