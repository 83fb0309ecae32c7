// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import javax.net.ssl.SSLContext;

/// The beginning and the end of connections of AMQP 0-9-1 (section 2.2.4 of its specification),
/// as RabbitMQ answers them: a rejected password closes the connection with the code 403, a limit
/// of connections with 530.
final class AmqpLogins implements AutoCloseable {
  private static final int CONNECTION = 10;
  private static final int START = 10;
  private static final int START_OK = 11;
  private static final int TUNE = 30;
  private static final int OPEN = 40;
  private static final int OPEN_OK = 41;
  private static final int CLOSE = 50;
  private static final int CLOSE_OK = 51;
  private static final int METHOD_FRAME = 1;
  private static final int FRAME_END = 0xCE;
  private static final int MAX_FRAME = 131072;

  private final ServerSocket listening;
  private final BiPredicate<String, String> isPassword;
  private final BiPredicate<String, Integer> mayConnect;
  private final Map<String, List<Socket>> open = new ConcurrentHashMap<>();

  AmqpLogins(
      Optional<SSLContext> tls,
      BiPredicate<String, String> isPassword,
      BiPredicate<String, Integer> mayConnect)
      throws IOException {
    this.isPassword = isPassword;
    this.mayConnect = mayConnect;
    var loopback = InetAddress.getLoopbackAddress();
    listening =
        tls.isPresent()
            ? tls.get().getServerSocketFactory().createServerSocket(0, 50, loopback)
            : new ServerSocket(0, 50, loopback);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void endConnections(String user) {
    for (var socket : open.getOrDefault(user, List.of())) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed already.
      }
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // The test ends, or this client failed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in = new DataInputStream(socket.getInputStream());
        var out = new DataOutputStream(socket.getOutputStream())) {
      in.readNBytes("AMQP".length() + 4);
      send(out, START, AmqpLogins::start);
      var user = logIn(method(in, START_OK));
      if (user.isEmpty()) {
        end(
            in,
            out,
            403,
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.");
        return;
      }
      send(out, TUNE, AmqpLogins::tune);
      method(in, TUNE + 1);
      method(in, OPEN);
      var connections = open.computeIfAbsent(user.get(), _ -> new CopyOnWriteArrayList<>());
      if (!mayConnect.test(user.get(), connections.size())) {
        end(
            in,
            out,
            530,
            "NOT_ALLOWED - connection refused for user '%s': user connection limit (0) is reached"
                .formatted(user.get()));
        return;
      }
      connections.add(socket);
      send(out, OPEN_OK, text -> text.writeByte(0));
      try {
        method(in, CLOSE);
        send(out, CLOSE_OK, _ -> {});
      } finally {
        connections.remove(socket);
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  /// The name of the user, if the password is its password. In a response of PLAIN, each of
  /// them has a zero before it.
  private Optional<String> logIn(DataInputStream startOk) throws IOException {
    startOk.skipNBytes(startOk.readInt());
    startOk.skipNBytes(startOk.readUnsignedByte());
    var response = new String(startOk.readNBytes(startOk.readInt()), StandardCharsets.UTF_8);
    var parts = response.split("\0", -1);
    return Optional.of(parts[1]).filter(user -> isPassword.test(user, parts[2]));
  }

  private static void end(DataInputStream in, DataOutputStream out, int code, String text)
      throws IOException {
    send(
        out,
        CLOSE,
        arguments -> {
          arguments.writeShort(code);
          arguments.writeByte(text.length());
          arguments.writeBytes(text);
          arguments.writeInt(0);
        });
    method(in, CLOSE_OK);
  }

  private static void start(DataOutputStream arguments) throws IOException {
    arguments.writeByte(0);
    arguments.writeByte(9);
    arguments.writeInt(0);
    for (var text : List.of("PLAIN", "en_US")) {
      arguments.writeInt(text.length());
      arguments.writeBytes(text);
    }
  }

  private static void tune(DataOutputStream arguments) throws IOException {
    arguments.writeShort(2047);
    arguments.writeInt(MAX_FRAME);
    arguments.writeShort(60);
  }

  private interface Arguments {
    void write(DataOutputStream to) throws IOException;
  }

  private static void send(DataOutputStream out, int method, Arguments arguments)
      throws IOException {
    var payload = new ByteArrayOutputStream();
    var content = new DataOutputStream(payload);
    content.writeShort(CONNECTION);
    content.writeShort(method);
    arguments.write(content);
    out.writeByte(METHOD_FRAME);
    out.writeShort(0);
    out.writeInt(payload.size());
    payload.writeTo(out);
    out.writeByte(FRAME_END);
    out.flush();
  }

  /// The arguments of the next method, which must be this one. Heartbeats are skipped.
  private static DataInputStream method(DataInputStream in, int expected) throws IOException {
    while (true) {
      var type = in.readUnsignedByte();
      in.readUnsignedShort();
      var payload = in.readNBytes(in.readInt());
      if (in.readUnsignedByte() != FRAME_END) {
        throw new IOException("no end of the frame");
      }
      if (type == METHOD_FRAME) {
        var content = new DataInputStream(new ByteArrayInputStream(payload));
        if (content.readUnsignedShort() != CONNECTION || content.readUnsignedShort() != expected) {
          throw new IOException("another method than " + expected);
        }
        return content;
      }
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.keySet().forEach(this::endConnections);
  }
}
