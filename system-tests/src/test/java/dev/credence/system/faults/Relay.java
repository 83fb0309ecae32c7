// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Stands between an operator and whom it asks, and passes everything on, as far as each connection
/// lets it.
public final class Relay implements AutoCloseable {
  private static final int AT_ONCE = 1 << 16;

  private final Way way;
  private final Supplier<Connection> connections;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// To whom the operator wants.
  public interface Way {
    Socket open() throws IOException;
  }

  /// What is passed on. The first no ends the connection.
  public interface Connection {
    /// `read` is what was read at once. A request begins where a read begins: the operator waits
    /// for each answer. Its body may come with the next.
    boolean passesRequest(String read);

    boolean passesAnswer();
  }

  public Relay(Way way, Supplier<Connection> connections) {
    this.way = way;
    this.connections = connections;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::welcome);
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
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
        var host = way.open()) {
      open.add(guest);
      open.add(host);
      guest.setTcpNoDelay(true);
      host.setTcpNoDelay(true);
      var connection = connections.get();
      Thread.ofVirtual().start(() -> passAnswers(host, guest, connection));
      passRequests(guest, host, connection);
    } catch (IOException deleted) {
      // either side has left
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  private static void passRequests(Socket guest, Socket host, Connection connection)
      throws IOException {
    var bytes = new byte[AT_ONCE];
    for (int read; (read = guest.getInputStream().read(bytes)) > 0; ) {
      if (!connection.passesRequest(new String(bytes, 0, read, StandardCharsets.ISO_8859_1))) {
        return;
      }
      host.getOutputStream().write(bytes, 0, read);
      host.getOutputStream().flush();
    }
  }

  private static void passAnswers(Socket host, Socket guest, Connection connection) {
    var bytes = new byte[AT_ONCE];
    try (guest) {
      for (int read; (read = host.getInputStream().read(bytes)) > 0; ) {
        if (!connection.passesAnswer()) {
          return;
        }
        guest.getOutputStream().write(bytes, 0, read);
        guest.getOutputStream().flush();
      }
    } catch (IOException deleted) {
      // either side has left
    }
  }

  @Override
  public void close() {
    close(door);
    open.forEach(Relay::close);
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception alreadyGone) {
      // that is what was wanted
    }
  }
}
