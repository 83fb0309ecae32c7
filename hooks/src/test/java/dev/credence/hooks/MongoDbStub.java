// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.Document;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/// A MongoDB without data: the messages of the wire protocol that logins and commands need
/// (`OP_MSG`, and `OP_QUERY` for the first one of a connection), before the users of
/// [MongoDbUsers]. It is a server of its own, or the member of a replica set.
final class MongoDbStub implements AutoCloseable {
  private static final int OP_REPLY = 1;
  private static final int OP_QUERY = 2004;
  private static final int OP_MSG = 2013;
  private static final int HEADER_BYTES = 16;
  private static final int NOT_WRITABLE_PRIMARY = 10_107;

  /// That of MongoDB 7.0.
  private static final int WIRE_VERSION = 21;

  private final MongoDbUsers users;
  private final ServerSocket listening;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final Optional<MongoDbStub> primary;
  private volatile boolean isMember;
  private volatile boolean isWithoutMajority;

  private record Request(int id, int code, Document command) {}

  MongoDbStub(MongoDbUsers users, Optional<SSLContext> tls) throws IOException {
    this(users, tls, Optional.empty());
  }

  /// A secondary of the replica set with this primary.
  static MongoDbStub secondaryOf(MongoDbStub primary) throws IOException {
    primary.isMember = true;
    return new MongoDbStub(primary.users, Optional.empty(), Optional.of(primary));
  }

  private MongoDbStub(MongoDbUsers users, Optional<SSLContext> tls, Optional<MongoDbStub> primary)
      throws IOException {
    this.users = users;
    this.primary = primary;
    isMember = primary.isPresent();
    var loopback = InetAddress.getLoopbackAddress();
    listening =
        tls.isPresent()
            ? tls.get().getServerSocketFactory().createServerSocket(0, 50, loopback)
            : new ServerSocket(0, 50, loopback);
    Thread.ofVirtual().start(this::accept);
  }

  /// From now on, the other members do not follow.
  void loseMajority() {
    isWithoutMajority = true;
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // It is closed, or a client does not trust it.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var from = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      var connection = users.connect();
      while (true) {
        var request = read(from);
        var answer = answer(connection, request.command());
        socket.getOutputStream().write(written(request, answer));
        socket.getOutputStream().flush();
      }
    } catch (IOException e) {
      // The client has closed the connection.
    }
  }

  private Document answer(MongoDbUsers.Connection connection, Document command) {
    try {
      var answer =
          switch (command.keySet().iterator().next()) {
            case "hello", "ismaster", "isMaster" -> hello(command);
            case "saslStart", "saslContinue" -> connection.run(command);
            default -> ofPrimary(connection, command);
          };
      if (isWithoutMajority && command.containsKey("writeConcern")) {
        answer.append(
            "writeConcernError", new Document("code", 64).append("codeName", "WriteConcernFailed"));
      }
      return answer.append("ok", 1.0);
    } catch (MongoDbUsers.Rejection e) {
      return new Document("ok", 0.0).append("errmsg", e.getMessage()).append("code", e.code());
    }
  }

  private Document ofPrimary(MongoDbUsers.Connection connection, Document command) {
    if (primary.isPresent()) {
      throw new MongoDbUsers.Rejection(NOT_WRITABLE_PRIMARY, "not primary");
    }
    return connection.run(command);
  }

  private Document hello(Document command) {
    var hello =
        new Document("isWritablePrimary", primary.isEmpty())
            .append("ismaster", primary.isEmpty())
            .append("maxBsonObjectSize", 16 * 1024 * 1024)
            .append("maxMessageSizeBytes", 48_000_000)
            .append("maxWriteBatchSize", 100_000)
            .append("localTime", new Date())
            .append("logicalSessionTimeoutMinutes", 30)
            .append("minWireVersion", 0)
            .append("maxWireVersion", WIRE_VERSION)
            .append("readOnly", false);
    if (isMember) {
      var main = primary.orElse(this);
      hello
          .append("setName", "rs0")
          .append("setVersion", 1)
          .append("secondary", primary.isPresent())
          .append("me", address())
          .append("primary", main.address())
          .append("hosts", List.of(address(), main.address()).stream().distinct().toList());
    }
    Optional.ofNullable(command.getString("saslSupportedMechs"))
        .flatMap(users::mechanisms)
        .ifPresent(names -> hello.append("saslSupportedMechs", names));
    return hello;
  }

  private String address() {
    return "127.0.0.1:" + port();
  }

  private static Request read(DataInputStream from) throws IOException {
    var length = Integer.reverseBytes(from.readInt());
    var bytes = new byte[length - Integer.BYTES];
    from.readFully(bytes);
    var message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var id = message.getInt();
    message.getInt();
    var code = message.getInt();
    message.getInt();
    switch (code) {
      case OP_QUERY -> {
        while (message.get() != 0) {
          // The name of the collection, which is `admin.$cmd`.
        }
        message.getInt();
        message.getInt();
      }
      case OP_MSG -> {
        if (message.get() != 0) {
          throw new IOException("no command has a sequence of documents");
        }
      }
      default -> throw new IOException("no such message: " + code);
    }
    var reader = new BsonBinaryReader(message.slice().order(ByteOrder.LITTLE_ENDIAN));
    return new Request(
        id, code, new DocumentCodec().decode(reader, DecoderContext.builder().build()));
  }

  private static byte[] written(Request request, Document answer) {
    var encoded = new BasicOutputBuffer();
    new DocumentCodec()
        .encode(new BsonBinaryWriter(encoded), answer, EncoderContext.builder().build());
    var isMessage = request.code() == OP_MSG;
    var before = isMessage ? Integer.BYTES + 1 : 5 * Integer.BYTES;
    var message =
        ByteBuffer.allocate(HEADER_BYTES + before + encoded.getSize())
            .order(ByteOrder.LITTLE_ENDIAN);
    message
        .putInt(message.capacity())
        .putInt(request.id())
        .putInt(request.id())
        .putInt(isMessage ? OP_MSG : OP_REPLY)
        .putInt(0);
    if (isMessage) {
      message.put((byte) 0);
    } else {
      // No cursor, and one document from the first on.
      message.putLong(0).putInt(0).putInt(1);
    }
    return message.put(encoded.toByteArray()).array();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
