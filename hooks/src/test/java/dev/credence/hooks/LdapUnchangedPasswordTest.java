// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedExtendedRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ResponseControl;
import com.unboundid.ldap.sdk.extensions.PasswordModifyExtendedRequest;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A rule of OpenLDAP's overlay ppolicy that ApacheDS does not have, on the in-memory directory of
/// the UnboundID SDK: an administrator other than the `rootdn` cannot set the password that
/// an entry has (`servers/slapd/overlays/ppolicy.c`: "Password is not being changed from
/// existing value").
class LdapUnchangedPasswordTest {
  private static final String BASE = "dc=example,dc=com";
  private static final String ADMIN = "cn=hooks," + BASE;
  private static final String ENTRY = "uid=crm," + BASE;

  private InMemoryDirectoryServer server;

  @BeforeEach
  void start() throws Exception {
    var config = new InMemoryDirectoryServerConfig(BASE);
    config.setSchema(null);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "plain", InetAddress.getLoopbackAddress(), 0, null));
    config.addAdditionalBindCredentials(ADMIN, "canary-admin");
    config.addInMemoryOperationInterceptor(new NoUnchangedPassword());
    server = new InMemoryDirectoryServer(config);
    server.add("dn: " + BASE, "objectClass: domain", "dc: example");
    server.add("dn: " + ENTRY, "objectClass: account", "uid: crm", "userPassword: canary-first");
    server.startListening();
  }

  @AfterEach
  void stop() {
    server.shutDown(true);
  }

  private Credential credential() {
    return new Credential(
        "ldap",
        Map.of(
            "HOOK_HOST",
            "127.0.0.1",
            "HOOK_PORT",
            String.valueOf(server.getListenPort()),
            "HOOK_TLS",
            "off",
            "HOOK_BASE_DN",
            BASE),
        Map.of("username", ADMIN, "password", "canary-admin"),
        version -> Map.of("username", "crm", "password", "canary-of-version-" + version));
  }

  @Test
  void a_password_that_an_earlier_attempt_set_is_not_rejected() {
    try (var credential = credential()) {
      credential.stage();
      credential.succeeds(Step.apply);
      credential.succeeds(Step.apply);
      credential.succeeds(Step.verify);
    }
  }

  private final class NoUnchangedPassword extends InMemoryOperationInterceptor {

    @Override
    public void processExtendedRequest(InMemoryInterceptedExtendedRequest intercepted)
        throws LDAPException {
      var request = new PasswordModifyExtendedRequest(intercepted.getRequest());
      var entry = server.getEntry(request.getUserIdentity());
      if (entry.hasAttributeValue("userPassword", request.getNewPassword())) {
        throw new LDAPException(
            ResultCode.CONSTRAINT_VIOLATION,
            "Password is not being changed from existing value",
            "",
            new String[0],
            request.getControls().length == 0 ? new Control[0] : new Control[] {inHistory()});
      }
    }

    private static Control inHistory() {
      return new DraftBeheraLDAPPasswordPolicy10ResponseControl(
          null, -1, DraftBeheraLDAPPasswordPolicy10ErrorType.PASSWORD_IN_HISTORY);
    }
  }
}
