// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import ch.qos.logback.classic.Level;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import dev.credence.hooks.ApacheDs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// An ApacheDS with the entries of the example.
record Directory(ApacheDs server, ServerLog log) implements Accounts, AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  /// With the entries of this LDIF.
  static Directory start(Path ldif) {
    // Without the codec of its API: at this level that prints each request, with its password.
    var log = ServerLog.of("org.apache.directory.server", Level.DEBUG);
    var server = ApacheDs.start();
    try {
      server.add(Files.readString(ldif));
      // It replaces a password by another one only.
      for (var account : List.of("wf-blue", "wf-green")) {
        server.setPassword(entry(account), UUID.randomUUID().toString());
      }
      return new Directory(server, log);
    } catch (Exception e) {
      server.close();
      log.close();
      throw new IllegalStateException(e);
    }
  }

  private static String entry(String account) {
    return "uid=%s,ou=applications,%s".formatted(account, ApacheDs.BASE);
  }

  int port() {
    return server.port();
  }

  /// The Secret of the account of the hooks: only the administrator of this server may set the
  /// attribute that locks an entry.
  Map<String, String> admin() {
    return Map.of("username", ApacheDs.ADMIN, "password", server.password());
  }

  /// What it has logged. The name of the administrator is no secret, though it is in a Secret.
  String logged() {
    return log.text().replace(ApacheDs.ADMIN, "");
  }

  @Override
  public String system() {
    return "ldap.finance";
  }

  @Override
  public Optional<String> refusal(Map<String, String> value) {
    var options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis(TIMEOUT_MILLIS);
    options.setResponseTimeoutMillis(TIMEOUT_MILLIS);
    try (var session = new LDAPConnection(options, "127.0.0.1", port())) {
      session.bind(entry(value.getOrDefault("username", "")), value.get("password"));
      return Optional.empty();
    } catch (LDAPException e) {
      return Optional.of(e.getResultCode().toString());
    }
  }

  @Override
  public void close() {
    server.close();
    log.close();
  }
}
