// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedExtendedRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedModifyRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import dev.credence.hooks.Failure.Kind;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.FileHandler;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The directory server of the UnboundID SDK. It has no password policy: a stand-in rejects logins
/// to entries with `pwdAccountLockedTime: 000001010000Z`, as section 5.3.3 of
/// draft-behera-ldap-password-policy-10 requires, and what `uid=weak` may not do.
class LdapIT extends SystemContract {
  private static final String BASE = "ou=applications,dc=example,dc=com";
  private static final String ADMIN = "canary-admin-" + UUID.randomUUID();

  private InMemoryDirectoryServer server;
  private Certificates certificates;
  private Path log;

  @BeforeAll
  void start() throws Exception {
    certificates = Certificates.create();
    log = Files.createTempFile(Path.of("target"), "ldap-", ".log");
    var handler = new FileHandler(log.toString());
    handler.setFormatter(new SimpleFormatter());
    var config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
    config.setSchema(null);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig("plain", InetAddress.getLoopbackAddress(), 0, null),
        InMemoryListenerConfig.createLDAPSConfig(
            "tls",
            InetAddress.getLoopbackAddress(),
            0,
            certificates.tls().getServerSocketFactory(),
            null));
    config.addAdditionalBindCredentials("cn=hooks,dc=example,dc=com", ADMIN);
    config.addAdditionalBindCredentials("cn=weak,dc=example,dc=com", "weak-weak");
    config.setAccessLogHandler(handler);
    config.addInMemoryOperationInterceptor(new Policy());
    server = new InMemoryDirectoryServer(config);
    server.add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
    server.add("dn: " + BASE, "objectClass: organizationalUnit", "ou: applications");
    server.startListening();
  }

  @AfterAll
  void stop() {
    server.shutDown(true);
  }

  @Override
  protected String system() {
    return "ldap";
  }

  @Override
  protected int port() {
    return server.getListenPort("plain");
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_BASE_DN", BASE);
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", "cn=hooks,dc=example,dc=com", "password", ADMIN);
  }

  /// A name that would be two parts of a DN if it was not escaped.
  @Override
  protected List<String> accounts(String name) throws Exception {
    var names = List.of(name + "_blue", name + ",ou=applications");
    for (var account : names) {
      server.add(
          "dn: " + entry(account), "objectClass: account", "userPassword: " + UUID.randomUUID());
    }
    return names;
  }

  @Override
  protected boolean opens(Map<String, String> value) throws Exception {
    try (var session = new LDAPConnection("127.0.0.1", port())) {
      session.bind(entry(value.get("username")), value.get("password"));
      return true;
    } catch (LDAPException e) {
      if (e.getResultCode().equals(ResultCode.INVALID_CREDENTIALS)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  protected void overwrite(Map<String, String> value) throws Exception {
    server.modify(
        entry(value.get("username")),
        new Modification(ModificationType.REPLACE, "userPassword", "somebody elses"));
  }

  @Override
  protected List<Path> logs() {
    return List.of(log);
  }

  @Test
  void an_entry_that_does_not_exist_is_named() throws Exception {
    try (var credential = credential(Map.of("HOOK_RDN_ATTRIBUTE", "cn"))) {
      credential.stage();
      assertThat(credential.fails(Step.apply, Kind.Usage).line())
          .contains("Entry cn=", BASE, "does not exist");
    }
  }

  @Test
  void a_missing_right_is_named() throws Exception {
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.setAdmin(Map.of("username", "cn=weak,dc=example,dc=com", "password", "weak-weak"));
      assertThat(credential.fails(Step.apply, Kind.Denied).line()).contains("write userPassword");
      assertThat(credential.fails(Step.suspend, Kind.Denied).line())
          .contains("attribute that locks");
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      var port = String.valueOf(server.getListenPort("tls"));
      var tls = Map.of("HOOK_TLS", "verify", "HOOK_PORT", port);
      assertThat(credential.run(Step.apply, tls).status()).isEqualTo(Kind.Untrusted.exitCode());
      var trusted =
          Map.of(
              "HOOK_TLS",
              "verify",
              "HOOK_PORT",
              port,
              "HOOK_CA_FILE",
              certificates.certificate().toString());
      assertThat(credential.run(Step.apply, trusted))
          .extracting(Credential.Ended::status)
          .isEqualTo(0);
    }
  }

  private static String entry(String account) {
    try {
      return new DN(new RDN("uid", account), new DN(BASE)).toString();
    } catch (LDAPException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Policy extends InMemoryOperationInterceptor {
    private final Map<Long, Boolean> weak = new ConcurrentHashMap<>();

    @Override
    public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest bind)
        throws LDAPException {
      var dn = bind.getRequest().getBindDN();
      var entry = server.getEntry(dn);
      if (entry != null && entry.hasAttribute("pwdAccountLockedTime")) {
        throw new LDAPException(ResultCode.INVALID_CREDENTIALS);
      }
      weak.put(bind.getConnectionID(), dn.startsWith("cn=weak"));
    }

    @Override
    public void processModifyRequest(InMemoryInterceptedModifyRequest modify) throws LDAPException {
      check(modify.getConnectionID());
    }

    @Override
    public void processExtendedRequest(InMemoryInterceptedExtendedRequest request)
        throws LDAPException {
      check(request.getConnectionID());
    }

    private void check(long connection) throws LDAPException {
      if (weak.getOrDefault(connection, false)) {
        throw new LDAPException(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
      }
    }
  }
}
