// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Tds.LoggedIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.net.ssl.SSLContext;

/// A server of [SqlServerLogins] by [Tds]. Traces every statement, and every login that failed.
final class SqlServerStub implements AutoCloseable {
  private final SqlServerLogins logins = new SqlServerLogins();
  private final ServerSocket listening;
  private final SSLContext tls;
  private final Path trace;

  SqlServerStub(SSLContext tls) throws IOException {
    this.tls = tls;
    trace = Files.createTempFile(Path.of("target"), "sqlserver-", ".trace");
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  SqlServerLogins logins() {
    return logins;
  }

  int port() {
    return listening.getLocalPort();
  }

  Path trace() {
    return trace;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var client = listening.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // The stub is closed.
      }
    }
  }

  private void serve(Socket client) {
    try (var connection = new Tds(client, tls)) {
      var login = connection.login();
      var opened = logins.open(login);
      if (!(opened instanceof LoggedIn)) {
        trace(opened.toString());
        connection.answer(opened);
        return;
      }
      var session = logins.begin(login.username(), () -> end(client));
      try {
        connection.answer(opened);
        while (true) {
          var batch = connection.batch();
          trace(SqlServerLogins.traced(batch));
          connection.answer(logins.run(session, batch));
        }
      } finally {
        logins.end(session);
      }
    } catch (IOException e) {
      // The client or KILL has closed the connection.
    }
  }

  private static void end(Socket client) {
    try {
      client.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  private synchronized void trace(String line) throws IOException {
    Files.writeString(trace, line + "\n", StandardOpenOption.APPEND);
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
