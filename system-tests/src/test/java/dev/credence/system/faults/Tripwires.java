// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults;

import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// Stands between an operator and a [Gate] and lets the operator die at a given write, in each
/// namespace at another one: from then on nothing of it reaches that namespace, and nothing from
/// there reaches the operator. To the namespace it is as if the process had been killed; the
/// process itself is killed when it is dead everywhere.
public final class Tripwires implements AutoCloseable {
  private static final Pattern REQUEST =
      Pattern.compile("(GET|POST|PUT|PATCH|DELETE) \\S*/namespaces/([^/ ?]+)/(\\S+) HTTP/1.1");

  /// The list of suspended accounts is one for all namespaces: whose entry is written is told by
  /// what is written, which may come after the head of the request.
  private static final String LIST = "suspensionlists";

  private static final Pattern ENTRY = Pattern.compile("\"accounts\":\\{\"([^\".]+)\\.");

  private final Map<String, Wire> wires = new ConcurrentHashMap<>();
  private final Relay relay;

  public static Tripwires before(Gate gate) {
    return new Tripwires(gate.address());
  }

  private Tripwires(URI gate) {
    relay = new Relay(() -> new Socket(gate.getHost(), gate.getPort()), Guest::new);
  }

  public URI address() {
    return relay.address();
  }

  /// The side of a write on which the process dies.
  public enum Side {
    Before,
    After
  }

  /// The writes in this namespace are counted from now on, and the `nth` is the last thing that the
  /// operator tries there.
  public Wire stretch(String namespace, int nth, Side side) {
    var wire = new Wire(nth, side);
    wires.put(namespace, wire);
    return wire;
  }

  public static final class Wire {
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

  private final class Guest implements Relay.Connection {
    private final AtomicReference<Wire> unanswered = new AtomicReference<>();

    private boolean writesTheList;

    @Override
    public boolean passesRequest(String read) {
      var request = REQUEST.matcher(read);
      if (request.lookingAt()) {
        writesTheList = request.group(3).startsWith(LIST) && !request.group(1).equals("GET");
        if (!writesTheList) {
          return passes(request.group(2), request.group(1), request.group(3));
        }
      }
      var entry = ENTRY.matcher(read);
      return !writesTheList || !entry.find() || passes(entry.group(1), "PATCH", LIST);
    }

    private boolean passes(String namespace, String verb, String what) {
      var wire = Optional.ofNullable(wires.get(namespace));
      var fate = wire.map(w -> w.of(verb, what)).orElse(Wire.Fate.Passes);
      if (fate == Wire.Fate.Unanswered) {
        unanswered.set(wire.orElseThrow());
      }
      return fate != Wire.Fate.Vanishes;
    }

    @Override
    public boolean passesAnswer() {
      var wire = unanswered.get();
      if (wire != null) {
        wire.dead = true;
      }
      return wire == null;
    }
  }

  @Override
  public void close() {
    relay.close();
  }
}
