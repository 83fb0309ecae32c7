// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Stands between an operator and the API server and passes bytes on, TLS and all, until it
/// swallows them: a connection then stays open and nothing comes out of it, on either side, as when
/// a firewall has forgotten it. Connections that are opened later pass.
public final class BlackHole implements AutoCloseable {
  private final URI server;
  private final ServerSocket door;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final AtomicLong swallowed = new AtomicLong();

  public static BlackHole before(KubernetesClient cluster) {
    try {
      return new BlackHole(cluster);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BlackHole(KubernetesClient cluster) throws IOException {
    server = URI.create(cluster.getMasterUrl().toString());
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::welcome);
  }

  public URI address() {
    return URI.create("https://127.0.0.1:" + door.getLocalPort());
  }

  /// Every connection that is open now. How many that are.
  public int swallow() {
    var open = connections.stream().filter(Connection::isOpen).toList();
    open.forEach(connection -> connection.silent = true);
    return open.size();
  }

  /// Bytes that arrived nowhere so far.
  public long swallowed() {
    return swallowed.get();
  }

  private void welcome() {
    while (!door.isClosed()) {
      try {
        var connection = new Connection(door.accept());
        connections.add(connection);
        Thread.ofVirtual().start(connection::run);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private final class Connection implements AutoCloseable {
    private final Socket guest;
    private final Socket host;
    private volatile boolean silent;

    Connection(Socket guest) throws IOException {
      this.guest = guest;
      host = new Socket(server.getHost(), server.getPort());
      guest.setTcpNoDelay(true);
      host.setTcpNoDelay(true);
    }

    boolean isOpen() {
      return !guest.isClosed() && !host.isClosed();
    }

    void run() {
      Thread.ofVirtual().start(() -> pass(host, guest));
      pass(guest, host);
    }

    private void pass(Socket from, Socket to) {
      var bytes = new byte[1 << 16];
      try {
        for (int read; (read = from.getInputStream().read(bytes)) > 0; ) {
          if (silent) {
            swallowed.addAndGet(read);
          } else {
            to.getOutputStream().write(bytes, 0, read);
          }
        }
      } catch (IOException deleted) {
        // either side has left
      }
      if (!silent) {
        close();
      }
    }

    @Override
    public void close() {
      BlackHole.close(guest);
      BlackHole.close(host);
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception alreadyGone) {
      // that is what was wanted
    }
  }

  @Override
  public void close() {
    close(door);
    connections.forEach(Connection::close);
  }
}
