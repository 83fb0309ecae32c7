// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import ch.qos.logback.classic.Level;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import dev.credence.system.kubelet.Mount;
import dev.credence.testing.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.directory.api.ldap.model.constants.SchemaConstants;
import org.apache.directory.api.ldap.model.entry.DefaultEntry;
import org.apache.directory.api.ldap.model.entry.DefaultModification;
import org.apache.directory.api.ldap.model.entry.ModificationOperation;
import org.apache.directory.api.ldap.model.ldif.LdifReader;
import org.apache.directory.api.ldap.model.name.Dn;
import org.apache.directory.server.core.api.DirectoryService;
import org.apache.directory.server.core.api.InterceptorEnum;
import org.apache.directory.server.core.api.authn.ppolicy.PasswordPolicyConfiguration;
import org.apache.directory.server.core.authn.AuthenticationInterceptor;
import org.apache.directory.server.core.authn.ppolicy.PpolicyConfigContainer;
import org.apache.directory.server.core.factory.DefaultDirectoryServiceFactory;
import org.apache.directory.server.ldap.LdapServer;
import org.apache.directory.server.ldap.handlers.extended.PwdModifyHandler;
import org.apache.directory.server.protocol.shared.transport.TcpTransport;

/// An ApacheDS on 127.0.0.1 with a password policy, which rejects logins of locked entries.
final class Directory implements Accounts, AutoCloseable {
  private static final String BASE = "dc=example,dc=com";
  private static final String ADMIN = "uid=admin,ou=system";
  private static final int TIMEOUT_MILLIS = 10_000;

  /// Without the codec of its API: at this level that prints each request, with its password.
  private final ServerLog log = ServerLog.of("org.apache.directory.server", Level.DEBUG);

  private final Path folder;
  private final DirectoryService service;
  private final LdapServer server = new LdapServer();
  private final String password = UUID.randomUUID().toString();

  /// With the entries of this LDIF.
  static Directory start(Path ldif) {
    try {
      return new Directory(ldif);
    } catch (Exception e) {
      throw new IllegalStateException("there is no ApacheDS", e);
    }
  }

  private Directory(Path ldif) throws Exception {
    folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target").toAbsolutePath()), "directory-");
    System.setProperty("workingDirectory", folder.toString());
    var factory = new DefaultDirectoryServiceFactory();
    factory.init("finance");
    service = factory.getDirectoryService();
    service.setAllowAnonymousAccess(false);
    service.getChangeLog().setEnabled(false);
    var partition =
        factory
            .getPartitionFactory()
            .createPartition(
                service.getSchemaManager(),
                service.getDnFactory(),
                "example",
                BASE,
                100,
                folder.resolve("example").toFile());
    partition.initialize();
    service.addPartition(partition);
    lockable();
    add("dn: " + BASE + "\nobjectClass: domain\ndc: example\n");
    add(Files.readString(ldif));
    setPassword(ADMIN, password);
    // It replaces a password by another one only.
    for (var account : List.of("wf-blue", "wf-green")) {
      setPassword(entry(account), UUID.randomUUID().toString());
    }
    server.setDirectoryService(service);
    server.setTransports(new TcpTransport("127.0.0.1", Ports.free()));
    server.addExtendedOperationHandler(new PwdModifyHandler());
    server.start();
  }

  /// Without a policy that locks, the server does not read `pwdAccountLockedTime`.
  private void lockable() throws Exception {
    var policy = new PasswordPolicyConfiguration();
    policy.setPwdLockout(true);
    policy.setPwdLockoutDuration(0);
    policy.setPwdMaxFailure(1_000_000);
    var name = new Dn(service.getSchemaManager(), "cn=default,ou=config");
    var policies = new PpolicyConfigContainer();
    policies.addPolicy(name, policy);
    policies.setDefaultPolicyDn(name);
    ((AuthenticationInterceptor)
            service.getInterceptor(InterceptorEnum.AUTHENTICATION_INTERCEPTOR.getName()))
        .setPwdPolicies(policies);
  }

  private void add(String ldif) throws Exception {
    try (var entries = new LdifReader()) {
      for (var entry : entries.parseLdif(ldif)) {
        service
            .getAdminSession()
            .add(new DefaultEntry(service.getSchemaManager(), entry.getEntry()));
      }
    }
  }

  private void setPassword(String entry, String value) throws Exception {
    service
        .getAdminSession()
        .modify(
            new Dn(service.getSchemaManager(), entry),
            new DefaultModification(
                ModificationOperation.REPLACE_ATTRIBUTE, SchemaConstants.USER_PASSWORD_AT, value));
  }

  private static String entry(String account) {
    return "uid=%s,ou=applications,%s".formatted(account, BASE);
  }

  int port() {
    return server.getPort();
  }

  /// The Secret of the account of the hooks: only the administrator of this server may set the
  /// attribute that locks an entry.
  Map<String, String> admin() {
    return Map.of("username", ADMIN, "password", password);
  }

  /// What it has logged. The name of the administrator is no secret, though it is in a Secret.
  String log() {
    return log.text().replace(ADMIN, "");
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
    server.stop();
    try {
      service.shutdown();
      new Mount(folder).delete();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      log.close();
    }
  }
}
