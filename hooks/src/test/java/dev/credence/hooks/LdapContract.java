// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import dev.credence.hooks.Failure.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What holds for an ApacheDS, with and without a password policy.
abstract class LdapContract extends SystemContract {
  private static final String BASE = "ou=applications," + ApacheDs.BASE;

  private ApacheDs server;
  private Certificates certificates;

  protected abstract boolean hasPolicy();

  @BeforeAll
  void start() throws Exception {
    certificates = Certificates.create();
    server = ApacheDs.start(hasPolicy(), Optional.of(certificates));
    server.add(
        """
        dn: %s
        objectClass: organizationalUnit
        ou: applications
        """
            .formatted(BASE));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected String system() {
    return "ldap";
  }

  @Override
  protected int port() {
    return server.port();
  }

  @Override
  protected Map<String, String> settings() {
    return Map.of("HOOK_BASE_DN", BASE);
  }

  @Override
  protected Map<String, String> admin() {
    return Map.of("username", ApacheDs.ADMIN, "password", server.password());
  }

  /// A name that would be two parts of a DN if it was not escaped.
  @Override
  protected List<String> accounts(String name) throws Exception {
    var names = List.of(name + "_blue", name + ",ou=applications");
    for (var account : names) {
      create(account, "");
    }
    return names;
  }

  /// Creates an entry with a password, and with other lines of LDIF.
  protected Map<String, String> create(String account, String more) throws Exception {
    server.add(
        """
        dn: %s
        objectClass: inetOrgPerson
        uid: %s
        cn: CRM
        sn: CRM
        %s
        """
            .formatted(entry(account), account, more));
    var value = Map.of("username", account, "password", "canary-first-" + UUID.randomUUID());
    server.setPassword(entry(account), value.get("password"));
    return value;
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
    server.setPassword(entry(value.get("username")), "of another writer");
  }

  /// What ApacheDS logs, in the file that the build names for each process.
  @Override
  protected List<Path> logs() {
    return List.of(Path.of(System.getProperty("org.slf4j.simpleLogger.logFile")));
  }

  /// The DN of an account.
  protected static String entry(String account) {
    try {
      return new DN(new RDN("uid", account), new DN(BASE)).toString();
    } catch (LDAPException e) {
      throw new IllegalStateException(e);
    }
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
    var weak = new HashMap<>(create("weak", ""));
    weak.replace("username", entry("weak"));
    try (var credential = credential()) {
      credential.rotate();
      credential.stage();
      credential.setAdmin(weak);
      assertThat(credential.fails(Step.apply, Kind.Denied).line()).contains("write userPassword");
      assertThat(credential.fails(Step.suspend, Kind.Denied).line())
          .contains("attribute that locks");
    }
  }

  @Test
  void a_certificate_of_no_known_authority_is_not_trusted() throws Exception {
    try (var credential = credential()) {
      credential.stage();
      var tls =
          new HashMap<>(
              Map.of("HOOK_TLS", "verify", "HOOK_PORT", String.valueOf(server.tlsPort())));
      assertThat(credential.run(Step.apply, tls).status()).isEqualTo(Kind.Untrusted.exitCode());
      tls.put("HOOK_CA_FILE", certificates.certificate().toString());
      var trusted = credential.run(Step.apply, tls);
      assertThat(trusted.status()).as(trusted.line()).isZero();
    }
  }
}
