// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// The server's side of a connection by TDS 7.4, for logins with a password and statements without
/// parameters. The numbers of sections are those of
/// [MS-TDS](https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/).
final class Tds implements AutoCloseable {
  /// Types of messages (2.2.3.1.1).
  private static final int SQL_BATCH = 1;

  private static final int RESPONSE = 4;
  private static final int LOGIN7 = 16;
  private static final int PRELOGIN = 18;

  private static final int END_OF_MESSAGE = 1;
  private static final int HEADER_BYTES = 8;
  private static final int PACKET_BYTES = 4096;

  /// B_FENCRYPTION (2.2.6.5): encrypt the login alone, or everything.
  private static final int ENCRYPT_OFF = 0;

  private static final int ENCRYPT_ON = 1;

  private final Socket socket;
  private final SSLContext tls;
  private InputStream from;
  private OutputStream to;

  /// An answer of the server.
  sealed interface Answer {}

  record Done() implements Answer {}

  record LoggedIn() implements Answer {}

  /// A column of whole numbers. Empty for NULL.
  record Numbers(List<Optional<Integer>> values) implements Answer {}

  record Failed(int number, String message) implements Answer {}

  Tds(Socket socket, SSLContext tls) throws IOException {
    this.socket = socket;
    this.tls = tls;
    from = socket.getInputStream();
    to = socket.getOutputStream();
  }

  /// As a server with a certificate: the client decides whether more than its login is encrypted.
  Login login() throws IOException {
    var encryption = encryption(ByteBuffer.wrap(read(PRELOGIN)));
    write(
        RESPONSE,
        // VERSION at 11, of 6 bytes; ENCRYPTION at 17, of 1 byte; the end; 16.0.1000.0
        HexFormat.of()
            .parseHex("00000b0006" + "0100110001" + "ff" + "100003e80000" + "0" + encryption));
    encrypt();
    var login = login(ByteBuffer.wrap(read(LOGIN7)).order(ByteOrder.LITTLE_ENDIAN));
    if (encryption == ENCRYPT_OFF) {
      from = socket.getInputStream();
      to = socket.getOutputStream();
    }
    return login;
  }

  /// The text of the next statements (2.2.6.7), which follows headers.
  String batch() throws IOException {
    var message = ByteBuffer.wrap(read(SQL_BATCH)).order(ByteOrder.LITTLE_ENDIAN);
    return text(message.position(message.getInt(0)), message.remaining() / 2);
  }

  void answer(Answer answer) throws IOException {
    var tokens = new Tokens();
    switch (answer) {
      case LoggedIn() -> tokens.collation().loginAck().done(0, 0);
      case Failed(int number, String message) -> tokens.error(number, message).done(2, 0);
      case Numbers(List<Optional<Integer>> values) ->
          tokens.numbers(values).done(16, values.size());
      case Done() -> tokens.done(0, 0);
    }
    write(RESPONSE, tokens.bytes());
  }

  private static int encryption(ByteBuffer prelogin) {
    for (var at = 0; prelogin.get(at) != -1; at += 5) {
      if (prelogin.get(at) == 1) {
        return prelogin.get(prelogin.getShort(at + 1)) == ENCRYPT_ON ? ENCRYPT_ON : ENCRYPT_OFF;
      }
    }
    throw new IllegalArgumentException("PRELOGIN has no encryption.");
  }

  /// Offsets and lengths of texts begin at byte 36 (2.2.6.4). A password is xored with A5 after the
  /// halves of each byte were swapped.
  private static Login login(ByteBuffer login) {
    var user = text(login.position(login.getShort(40)), login.getShort(42));
    var password = new byte[2 * login.getShort(46)];
    login.get(login.getShort(44), password);
    for (var i = 0; i < password.length; i++) {
      var swapped = (password[i] ^ 0xA5) & 0xFF;
      password[i] = (byte) (swapped << 4 | swapped >> 4);
    }
    return new Login(user, new String(password, StandardCharsets.UTF_16LE));
  }

  private static String text(ByteBuffer from, int characters) {
    var bytes = new byte[2 * characters];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_16LE);
  }

  /// The handshake is inside PRELOGIN messages, and what follows is not (2.2.6.5).
  private void encrypt() throws IOException {
    var tunnel = new Tunnel();
    var encrypted = (SSLSocket) tls.getSocketFactory().createSocket(tunnel, null, false);
    // TLS 1.3 requires TDS 8.0.
    encrypted.setEnabledProtocols(new String[] {"TLSv1.2"});
    encrypted.startHandshake();
    tunnel.end();
    from = encrypted.getInputStream();
    to = encrypted.getOutputStream();
  }

  private byte[] read(int type) throws IOException {
    var message = new ByteArrayOutputStream();
    var data = new DataInputStream(from);
    for (var isLast = false; !isLast; ) {
      var header = ByteBuffer.wrap(data.readNBytes(HEADER_BYTES));
      if (header.remaining() < HEADER_BYTES) {
        throw new EOFException();
      }
      if (header.get(0) != type) {
        throw new IOException("A message of type " + header.get(0) + " instead of " + type);
      }
      isLast = (header.get(1) & END_OF_MESSAGE) != 0;
      var payload = new byte[(header.getShort(2) & 0xFFFF) - HEADER_BYTES];
      data.readFully(payload);
      message.writeBytes(payload);
    }
    return message.toByteArray();
  }

  private void write(int type, byte[] message) throws IOException {
    var size = PACKET_BYTES - HEADER_BYTES;
    for (int at = 0, number = 1; at < message.length; at += size, number++) {
      var payload = Arrays.copyOfRange(message, at, Math.min(at + size, message.length));
      var isLast = at + size >= message.length;
      var packet = ByteBuffer.allocate(HEADER_BYTES + payload.length);
      packet.put((byte) type).put((byte) (isLast ? END_OF_MESSAGE : 0));
      packet
          .putShort((short) packet.capacity())
          .putShort((short) 0)
          .put((byte) number)
          .put((byte) 0);
      to.write(packet.put(payload).array());
    }
    to.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// The tokens of a response (2.2.7).
  private static final class Tokens {
    private final ByteBuffer tokens = ByteBuffer.allocate(65536).order(ByteOrder.LITTLE_ENDIAN);

    byte[] bytes() {
      return Arrays.copyOf(tokens.array(), tokens.position());
    }

    /// ENVCHANGE of type 7: SQL_Latin1_General_CP1_CI_AS.
    Tokens collation() {
      tokens.put(HexFormat.of().parseHex("e3" + "0800" + "07" + "05" + "0904d00034" + "00"));
      return this;
    }

    Tokens loginAck() {
      var name = "Microsoft SQL Server";
      tokens.put((byte) 0xAD).putShort((short) (10 + 2 * name.length()));
      tokens.put(HexFormat.of().parseHex("01" + "74000004"));
      shortText(name).put(HexFormat.of().parseHex("100003e8"));
      return this;
    }

    /// Class 14 means that the user can correct it.
    Tokens error(int number, String message) {
      tokens.put((byte) 0xAA).putShort((short) (4 + 2 + 2 + 2 * message.length() + 1 + 1 + 4));
      tokens.putInt(number).put((byte) 1).put((byte) 14);
      tokens.putShort((short) message.length());
      tokens.put(message.getBytes(StandardCharsets.UTF_16LE));
      shortText("");
      shortText("").putInt(1);
      return this;
    }

    /// A column of the type INTN without a name, and its rows.
    Tokens numbers(List<Optional<Integer>> values) {
      tokens.put(HexFormat.of().parseHex("81" + "0100" + "00000000" + "0100" + "2604" + "00"));
      for (var value : values) {
        tokens.put((byte) 0xD1).put((byte) (value.isPresent() ? 4 : 0));
        value.ifPresent(tokens::putInt);
      }
      return this;
    }

    Tokens done(int status, int rows) {
      tokens.put((byte) 0xFD).putShort((short) status).putShort((short) 0).putLong(rows);
      return this;
    }

    private ByteBuffer shortText(String text) {
      return tokens.put((byte) text.length()).put(text.getBytes(StandardCharsets.UTF_16LE));
    }
  }

  /// A connected socket, whose streams are inside PRELOGIN messages until the handshake ends.
  private final class Tunnel extends Socket {
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private InputStream unread = InputStream.nullInputStream();
    private boolean isEnded;

    /// What is to be sent is one message: the client sends its own before it reads another.
    private void send() throws IOException {
      if (unsent.size() > 0) {
        write(PRELOGIN, unsent.toByteArray());
        unsent.reset();
      }
    }

    void end() throws IOException {
      send();
      isEnded = true;
    }

    @Override
    public InputStream getInputStream() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          var one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int at, int length) throws IOException {
          if (isEnded) {
            return socket.getInputStream().read(bytes, at, length);
          }
          send();
          if (unread.available() == 0) {
            unread = new ByteArrayInputStream(Tds.this.read(PRELOGIN));
          }
          return unread.read(bytes, at, length);
        }
      };
    }

    @Override
    public OutputStream getOutputStream() {
      return new OutputStream() {
        @Override
        public void write(int one) throws IOException {
          write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int at, int length) throws IOException {
          if (isEnded) {
            socket.getOutputStream().write(bytes, at, length);
          } else {
            unsent.write(bytes, at, length);
          }
        }
      };
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public InetAddress getInetAddress() {
      return socket.getInetAddress();
    }

    @Override
    public int getPort() {
      return socket.getPort();
    }
  }
}
