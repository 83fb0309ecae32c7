package dev.credence.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// Stands between an operator and a [Gate] and lets the operator die at a given write, in each
/// namespace at another one: from then on nothing of it reaches that namespace, and nothing from
/// there reaches the operator. To the namespace it is as if the process had been killed; the
/// process itself is killed when it is dead everywhere.
final class Tripwires implements AutoCloseable {
  private static final int AT_ONCE = 1 << 16;
  private static final Pattern REQUEST =
      Pattern.compile("(GET|POST|PUT|PATCH|DELETE) \\S*/namespaces/([^/ ?]+)/(\\S+) HTTP/1.1");

  private final URI gate;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Wire> wires = new ConcurrentHashMap<>();

  static Tripwires before(Gate gate) {
    try {
      return new Tripwires(gate.address());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Tripwires(URI gate) throws IOException {
    this.gate = gate;
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::welcome);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /// The side of a write on which the process dies.
  enum Side {
    Before,
    After
  }

  /// The writes in this namespace are counted from now on, and the `nth` is the last thing that the
  /// operator tries there.
  Wire stretch(String namespace, int nth, Side side) {
    var wire = new Wire(nth, side);
    wires.put(namespace, wire);
    return wire;
  }

  static final class Wire {
    private final int nth;
    private final Side side;
    private int writes;
    private boolean tripped;
    private volatile boolean dead;
    private volatile String lastWrite = "";

    private Wire(int nth, Side side) {
      this.nth = nth;
      this.side = side;
    }

    /// The operator is dead here, and the API server has done what it was still asked.
    boolean isDead() {
      return dead;
    }

    synchronized int writes() {
      return writes;
    }

    private enum Fate {
      Passes,
      Vanishes,
      Unanswered
    }

    private synchronized Fate of(String verb, String what) {
      if (tripped) {
        return Fate.Vanishes;
      }
      if (verb.equals("GET") || what.startsWith("events") || ++writes < nth) {
        return Fate.Passes;
      }
      tripped = true;
      lastWrite = verb + " " + what;
      dead = side == Side.Before;
      return side == Side.Before ? Fate.Vanishes : Fate.Unanswered;
    }

    @Override
    public String toString() {
      return "%s write %d, %s".formatted(side, nth, lastWrite);
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
        var host = new Socket(gate.getHost(), gate.getPort())) {
      open.add(guest);
      open.add(host);
      guest.setTcpNoDelay(true);
      host.setTcpNoDelay(true);
      var unanswered = new AtomicReference<Wire>();
      Thread.ofVirtual().start(() -> passAnswers(host, guest, unanswered));
      passRequests(guest, host, unanswered);
    } catch (IOException gone) {
      // either side has left
    } finally {
      open.remove(guest);
    }
  }

  /// A request begins where a read begins: the operator waits for each answer.
  private void passRequests(Socket guest, Socket host, AtomicReference<Wire> unanswered)
      throws IOException {
    var bytes = new byte[AT_ONCE];
    for (int read; (read = guest.getInputStream().read(bytes)) > 0; ) {
      var head = new String(bytes, 0, Math.min(read, 1024), StandardCharsets.ISO_8859_1);
      var request = REQUEST.matcher(head);
      if (request.lookingAt()) {
        var wire = Optional.ofNullable(wires.get(request.group(2)));
        switch (wire.map(w -> w.of(request.group(1), request.group(3))).orElse(Wire.Fate.Passes)) {
          case Passes -> {}
          case Unanswered -> unanswered.set(wire.orElseThrow());
          case Vanishes -> {
            return;
          }
        }
      }
      host.getOutputStream().write(bytes, 0, read);
      host.getOutputStream().flush();
    }
  }

  private static void passAnswers(Socket host, Socket guest, AtomicReference<Wire> unanswered) {
    var bytes = new byte[AT_ONCE];
    try (guest) {
      for (int read; (read = host.getInputStream().read(bytes)) > 0; ) {
        if (unanswered.get() != null) {
          unanswered.get().dead = true;
          return;
        }
        guest.getOutputStream().write(bytes, 0, read);
        guest.getOutputStream().flush();
      }
    } catch (IOException gone) {
      // either side has left
    }
  }

  @Override
  public void close() {
    close(door);
    open.forEach(Tripwires::close);
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception alreadyGone) {
      // that is what was wanted
    }
  }
}
