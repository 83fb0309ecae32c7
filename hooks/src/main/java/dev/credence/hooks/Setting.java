// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

/// An environment variable that the CronJob sets. `fallback` is empty where there is none.
public record Setting(String name, String fallback, String meaning) {

  public static final Setting HOST =
      new Setting(
          "HOOK_HOST",
          "",
          "Host name of the system. Not required for `aws-iam` (`iam.amazonaws.com`), `github-app`"
              + " and `github-deploy-key` (`api.github.com`)");
  public static final Setting TLS =
      new Setting(
          "HOOK_TLS",
          "verify",
          "`verify` checks the certificate and the host name; `off` uses no TLS");
  public static final Setting CA_FILE =
      new Setting(
          "HOOK_CA_FILE",
          "",
          "PEM file with the certificate authorities of the system. Without it, the public"
              + " authorities of the Java runtime are trusted");
  public static final Setting TIMEOUT =
      new Setting("HOOK_TIMEOUT", "10", "Seconds to wait for a connection and for an answer");
  public static final Setting CREDENTIAL_DIR =
      new Setting(
          "HOOK_CREDENTIAL_DIR",
          "/credential",
          "Folder of the Secret with the value. If it has a subfolder with the name of that Secret,"
              + " the subfolder is used");
  public static final Setting ADMIN_DIR =
      new Setting("HOOK_ADMIN_DIR", "/admin", "Folder of the Secret of the administrative account");
  public static final Setting USERNAME =
      new Setting(
          "HOOK_USERNAME",
          "",
          "Account name, for a Secret that has no key for it. A file `username` takes precedence");
  public static final Setting USERNAME_KEY =
      new Setting("HOOK_USERNAME_KEY", "username", "Key of the Secret with the account name");
  public static final Setting PASSWORD_KEY =
      new Setting("HOOK_PASSWORD_KEY", "password", "Key of the Secret with the password");

  public static Setting port(int fallback) {
    return new Setting("HOOK_PORT", String.valueOf(fallback), "Port of the system");
  }
}
