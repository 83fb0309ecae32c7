// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.EnumSet;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.security.SecurityUtils;

/// UNIX accounts over SSH: the public key of each valid version is a line of the account's
/// `authorized_keys`, so one account is enough for an overlap. The private key never leaves the
/// hook.
public final class Ssh implements Driver {
  private static final Setting PORT = Setting.port(22);
  static final Setting KNOWN_HOSTS =
      new Setting("HOOK_KNOWN_HOSTS", "/admin/known_hosts", "File with the host key of the server");
  static final Setting KEY =
      new Setting(
          "HOOK_PRIVATE_KEY_KEY", "ssh-privatekey", "Key of the Secret with the private key");
  private static final Setting FILE =
      new Setting(
          "HOOK_AUTHORIZED_KEYS",
          "/home/{username}/.ssh/authorized_keys",
          "Path of the file on the server");
  private static final Setting OPTIONS =
      new Setting(
          "HOOK_KEY_OPTIONS", "", "Options of each line, such as `no-pty,from=\"10.0.0.0/8\"`");
  private static final Setting SUDO =
      new Setting(
          "HOOK_SUDO", "", "`true` reads and writes the file by `sudo -n`, as another account");

  /// As `useradd` accepts them.
  private static final String ACCOUNT = "[a-z_][a-z0-9_.-]{0,31}";

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public String title() {
    return "UNIX account (SSH)";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.complementOf(EnumSet.of(Step.issue)),
        "one account with two keys",
        "the account's keys become comments in `authorized_keys`",
        "stay until the client closes them",
        "public key only",
        "write on `authorized_keys`: log in as the account itself, as root, or set `HOOK_SUDO`",
        "Apache MINA SSHD, with `sh` and `authorized_keys` in a folder");
  }

  @Override
  public List<Setting> settings() {
    return List.of(PORT, KNOWN_HOSTS, KEY, FILE, OPTIONS, SUDO);
  }

  @Override
  public Recipe recipe() {
    return new Recipe(
        AccountType.OperatingSystem,
        "kubernetes.io/ssh-auth",
        List.of(new Recipe.Key("ssh-privatekey", Recipe.Content.PRIVATE_KEY)),
        List.of("username", "ssh-privatekey", "known_hosts"),
        "",
        List.of(),
        Recipe.Rotation.MONTHLY);
  }

  @Override
  public String apply(Inputs inputs) {
    var account = account(inputs);
    var line = entry(inputs.requiredValue(inputs.get(KEY)));
    var keys =
        new AuthorizedKeys.Line(
            inputs.find(OPTIONS).map(options -> options + " ").orElse("") + line,
            tag(inputs) + inputs.version());
    change(inputs, account, file -> file.with(keys, tag(inputs), line));
    return "Account %s accepts the key of version %s.".formatted(account, inputs.version());
  }

  @Override
  public String verify(Inputs inputs) {
    var account = account(inputs);
    var key = pair(inputs.requiredValue(inputs.get(KEY)));
    var shell =
        new Shell(inputs, inputs.get(Setting.HOST), inputs.number(PORT), knownHosts(inputs));
    try (shell) {
      shell.logIn(account, key);
      return "Account %s logs in with version %s.".formatted(account, inputs.version());
    } catch (Shell.LoginRejected e) {
      throw new Failure(
          Kind.Rejected,
          "The server rejects the login of account %s with the key of version %s."
              .formatted(account, inputs.version()));
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    var account = account(inputs);
    var key = inputs.requiredValue(inputs.get(KEY));
    if (inputs.isPrevious() && inputs.current(inputs.get(KEY)).filter(key::equals).isPresent()) {
      return "The key is that of the current version too: it stays.";
    }
    var line = entry(key);
    change(inputs, account, file -> file.without(line));
    return "Account %s does not accept the key any more.".formatted(account);
  }

  @Override
  public String suspend(Inputs inputs) {
    var line = entry(inputs.requiredValue(inputs.get(KEY)));
    change(inputs, account(inputs), file -> file.suspended(tag(inputs), line));
    return "Account %s accepts no key of this Secret. Open connections stay."
        .formatted(account(inputs));
  }

  @Override
  public String resume(Inputs inputs) {
    var line = entry(inputs.requiredValue(inputs.get(KEY)));
    change(inputs, account(inputs), file -> file.resumed(tag(inputs), line));
    return "Account %s accepts its keys again.".formatted(account(inputs));
  }

  private interface Change {
    AuthorizedKeys of(AuthorizedKeys file);
  }

  private static void change(Inputs inputs, String account, Change change) {
    var path = path(inputs, account);
    var admin = inputs.requiredAdmin("username");
    var key = pair(inputs.requiredAdmin("ssh-privatekey"));
    var shell =
        new Shell(inputs, inputs.get(Setting.HOST), inputs.number(PORT), knownHosts(inputs));
    try (shell) {
      shell.logIn(admin, key);
      var remote =
          new RemoteFile(shell, path, inputs.find(SUDO).filter("true"::equals).isPresent());
      remote.change(text -> change.of(AuthorizedKeys.of(text)).text());
    } catch (Shell.LoginRejected e) {
      throw new Failure(
          Kind.Denied,
          "The server rejects the key of the administrative account %s. Correct the Secret in %s."
              .formatted(admin, inputs.get(Setting.ADMIN_DIR)));
    }
  }

  /// The comment of the lines of this Secret, before the version.
  private static String tag(Inputs inputs) {
    return "credence:%s:v".formatted(inputs.secret());
  }

  private static String account(Inputs inputs) {
    var account = inputs.account();
    if (!account.matches(ACCOUNT)) {
      throw new Failure(Kind.Usage, "The account name is not a name of a UNIX account.");
    }
    return account;
  }

  private static String path(Inputs inputs, String account) {
    var path = inputs.get(FILE).replace("{username}", account);
    if (!path.matches("[\\w./@+-]+")) {
      throw new Failure(
          Kind.Usage, "HOOK_AUTHORIZED_KEYS must have letters, digits and ./@+-_ only.");
    }
    return path;
  }

  private static Path knownHosts(Inputs inputs) {
    var file = Path.of(inputs.get(KNOWN_HOSTS));
    if (!Files.isReadable(file)) {
      throw new Failure(
          Kind.Usage,
          "HOOK_KNOWN_HOSTS names %s, which does not exist. Without a host key the server is not trusted."
              .formatted(file));
    }
    return file;
  }

  /// Type and public key, as in `authorized_keys`.
  private static String entry(String privateKey) {
    return PublicKeyEntry.toString(pair(privateKey).getPublic());
  }

  static KeyPair pair(String privateKey) {
    try (var text =
        new ByteArrayInputStream((privateKey + "\n").getBytes(StandardCharsets.UTF_8))) {
      var pairs =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName("key"), text, FilePasswordProvider.EMPTY);
      for (var pair : pairs) {
        return pair;
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Told below, without the words of the parser.
    }
    throw new Failure(
        Kind.Usage,
        "A private key of the Secrets cannot be read. Use the format OpenSSH or PKCS8.");
  }
}
