// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.directory.server.core.api.authn.ppolicy.CheckQualityEnum;
import org.apache.directory.server.core.api.authn.ppolicy.PasswordPolicyConfiguration;
import org.apache.directory.server.core.authn.AuthenticationInterceptor;
import org.apache.directory.server.core.authn.ppolicy.PpolicyConfigContainer;
import org.apache.directory.server.core.factory.DefaultDirectoryServiceFactory;
import org.apache.directory.server.ldap.LdapServer;
import org.apache.directory.server.ldap.handlers.extended.PwdModifyHandler;
import org.apache.directory.server.protocol.shared.transport.TcpTransport;

/// An ApacheDS on 127.0.0.1 with access control, for the tests of this module and of the system
/// tests. An entry may change its own password; only [#ADMIN] may change another entry. ApacheDS
/// does not check the passwords that its administrator sets (DIRSERVER-1928, DIRSERVER-2084).
public final class ApacheDs implements AutoCloseable {
  public static final String BASE = "dc=example,dc=com";
  public static final String ADMIN = "uid=admin,ou=system";

  /// As a value of `pwdPolicySubentry`: the entry must change a password that an administrator set.
  static final String MUST_CHANGE = "cn=must-change,ou=config";

  /// Failed logins in a row, after which the policy locks an entry.
  static final int MOST_FAILURES = 20;

  static final int SHORTEST_PASSWORD = 12;

  private static final String PARTITION =
      """
      dn: %1$s
      objectClass: domain
      dc: example
      administrativeRole: accessControlSpecificArea

      dn: cn=rights,%1$s
      objectClass: subentry
      objectClass: accessControlSubentry
      cn: rights
      subtreeSpecification: {}
      prescriptiveACI: { identificationTag "read", precedence 10, authenticationLevel simple,
       itemOrUserFirst userFirst: { userClasses { allUsers }, userPermissions { {
       protectedItems { entry, allUserAttributeTypesAndValues },
       grantsAndDenials { grantRead, grantReturnDN, grantBrowse } } } } }
      prescriptiveACI: { identificationTag "own-password", precedence 20, authenticationLevel simple,
       itemOrUserFirst userFirst: { userClasses { thisEntry }, userPermissions { {
       protectedItems { entry, attributeType { userPassword }, allAttributeValues { userPassword } },
       grantsAndDenials { grantModify, grantAdd, grantRemove } } } } }
      """
          .formatted(BASE);

  private final Path folder;
  private final DirectoryService service;
  private final LdapServer server = new LdapServer();
  private final int port = Free.port();
  private final int tlsPort = Free.port();
  private final String password = "canary-admin-" + UUID.randomUUID();

  /// With a password policy that locks entries.
  public static ApacheDs start() {
    return start(true, Optional.empty());
  }

  /// @param hasPolicy without one, the server stores `pwdAccountLockedTime` and does not read it
  /// @param certificates of the second port, if there is one
  static ApacheDs start(boolean hasPolicy, Optional<Certificates> certificates) {
    try {
      return new ApacheDs(hasPolicy, certificates);
    } catch (Exception e) {
      throw new IllegalStateException("ApacheDS does not start", e);
    }
  }

  private ApacheDs(boolean hasPolicy, Optional<Certificates> certificates) throws Exception {
    folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target").toAbsolutePath()), "directory-");
    System.setProperty("workingDirectory", folder.toString());
    var factory = new DefaultDirectoryServiceFactory();
    service = factory.getDirectoryService();
    service.setAccessControlEnabled(true);
    service.setAllowAnonymousAccess(false);
    service.getChangeLog().setEnabled(false);
    factory.init(folder.getFileName().toString());
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
    if (hasPolicy) {
      setPolicies();
    }
    add(PARTITION);
    setPassword(ADMIN, password);
    listen(certificates);
  }

  private void listen(Optional<Certificates> certificates) throws Exception {
    server.setDirectoryService(service);
    server.addTransports(new TcpTransport("127.0.0.1", port));
    if (certificates.isPresent()) {
      var store = folder.resolve("server.p12");
      try (var file = Files.newOutputStream(store)) {
        certificates.get().store().store(file, Certificates.PASSWORD);
      }
      server.setKeystoreFile(store.toString());
      server.setCertificatePassword(new String(Certificates.PASSWORD));
      var tls = new TcpTransport("127.0.0.1", tlsPort);
      tls.setEnableSSL(true);
      server.addTransports(tls);
    }
    server.addExtendedOperationHandler(new PwdModifyHandler());
    server.start();
  }

  private void setPolicies() throws Exception {
    var standard = new Dn(service.getSchemaManager(), "cn=default,ou=config");
    var policies = new PpolicyConfigContainer();
    policies.addPolicy(standard, policy());
    policies.setDefaultPolicyDn(standard);
    var mustChange = policy();
    mustChange.setPwdMustChange(true);
    policies.addPolicy(new Dn(service.getSchemaManager(), MUST_CHANGE), mustChange);
    ((AuthenticationInterceptor)
            service.getInterceptor(InterceptorEnum.AUTHENTICATION_INTERCEPTOR.getName()))
        .setPwdPolicies(policies);
  }

  private static PasswordPolicyConfiguration policy() {
    var policy = new PasswordPolicyConfiguration();
    policy.setPwdLockout(true);
    policy.setPwdLockoutDuration(0);
    policy.setPwdMaxFailure(MOST_FAILURES);
    policy.setPwdCheckQuality(CheckQualityEnum.CHECK_REJECT);
    policy.setPwdMinLength(SHORTEST_PASSWORD);
    policy.setPwdInHistory(5);
    return policy;
  }

  /// Creates the entries of an LDIF.
  public void add(String ldif) throws Exception {
    try (var entries = new LdifReader()) {
      for (var entry : entries.parseLdif(ldif)) {
        service
            .getAdminSession()
            .add(new DefaultEntry(service.getSchemaManager(), entry.getEntry()));
      }
    }
  }

  /// As an administrator.
  public void setPassword(String entry, String value) throws Exception {
    service
        .getAdminSession()
        .modify(
            new Dn(service.getSchemaManager(), entry),
            new DefaultModification(
                ModificationOperation.REPLACE_ATTRIBUTE, SchemaConstants.USER_PASSWORD_AT, value));
  }

  /// The password of [#ADMIN].
  public String password() {
    return password;
  }

  public int port() {
    return port;
  }

  int tlsPort() {
    return tlsPort;
  }

  @Override
  public void close() {
    server.stop();
    try {
      service.shutdown();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      Mounts.delete(folder);
    }
  }
}
