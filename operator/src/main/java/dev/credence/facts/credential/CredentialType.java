// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.Optional;
import java.util.stream.Stream;

/// The types of Secrets that hold a credential, in addition to tokens of ServiceAccounts.
public enum CredentialType {
  BasicAuth("kubernetes.io/basic-auth", "a user name and a password"),
  SshAuth("kubernetes.io/ssh-auth", "an SSH key"),
  Tls("kubernetes.io/tls", "a certificate and its key"),
  DockerConfigJson("kubernetes.io/dockerconfigjson", "logins of image registries"),
  DockerConfig("kubernetes.io/dockercfg", "logins of image registries"),
  BootstrapToken("bootstrap.kubernetes.io/token", "a token for nodes to join");

  public static final String SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token";

  private final String type;
  private final String holds;

  CredentialType(String type, String holds) {
    this.type = type;
    this.holds = holds;
  }

  public static Optional<CredentialType> of(String type) {
    return Stream.of(values()).filter(one -> one.type.equals(type)).findFirst();
  }

  /// As it is in the Secret's `type`.
  public String type() {
    return type;
  }

  public String holds() {
    return holds;
  }
}
