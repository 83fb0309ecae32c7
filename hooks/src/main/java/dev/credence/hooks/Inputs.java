// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import dev.credence.hooks.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a step is given: environment variables and the files of mounted Secrets. Every value that
/// is read from a file of a Secret is withheld from messages.
public final class Inputs {
  /// Of a Secret in a tag: providers limit names to 255 characters.
  private static final int LONGEST_NAME = 150;

  private final Map<String, String> environment;
  private final Withheld withheld;

  Inputs(Map<String, String> environment, Withheld withheld) {
    this.environment = Map.copyOf(environment);
    this.withheld = withheld;
  }

  /// What the CronJob sets, or the default.
  public Optional<String> find(Setting setting) {
    return variable(setting.name())
        .or(() -> Optional.of(setting.fallback()).filter(text -> !text.isEmpty()));
  }

  /// What the CronJob sets, or the default, or a failure that names the variable.
  public String get(Setting setting) {
    return find(setting)
        .orElseThrow(
            () ->
                new Failure(
                    Kind.Usage, "Set the environment variable " + setting.name() + " of the Job."));
  }

  public int number(Setting setting) {
    try {
      var number = Integer.parseInt(get(setting));
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a number that is too small.
    }
    throw new Failure(Kind.Usage, setting.name() + " must be a whole number above 0.");
  }

  public Duration timeout() {
    return Duration.ofSeconds(number(Setting.TIMEOUT));
  }

  /// Whether connections are encrypted, and the system's name is checked.
  public boolean isTls() {
    var word = get(Setting.TLS);
    return switch (word) {
      case "verify" -> true;
      case "off" -> false;
      default -> throw new Failure(Kind.Usage, "HOOK_TLS must be verify or off.");
    };
  }

  /// The PEM file with the certificate authorities of the system.
  public Optional<Path> authorities() {
    var file = find(Setting.CA_FILE).map(Path::of);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw new Failure(Kind.Usage, "HOOK_CA_FILE names " + file.get() + ", which does not exist.");
    }
    return file;
  }

  /// The version of the value, which Credence counts.
  public String version() {
    return variable("CREDENCE_VERSION").orElse("0");
  }

  /// The Secret of the identity.
  public String secret() {
    return variable("CREDENCE_SECRET").orElse("");
  }

  /// The UID of the identity: an identity that is deleted and created again has another one.
  public String uid() {
    return required("CREDENCE_IDENTITY_UID");
  }

  /// The name, at the provider, of what is issued for one version of the Secret.
  public String tag() {
    return tagOfSecret() + " v" + version();
  }

  /// What belongs to the Secret, at the provider.
  public String tagOfSecret() {
    var secret = required("CREDENCE_SECRET");
    return "credence %s %s"
        .formatted(uid(), secret.substring(0, Math.min(secret.length(), LONGEST_NAME)));
  }

  /// The Secret with the value that the step is about.
  public String valueSecret() {
    return required("CREDENCE_VALUE_SECRET");
  }

  /// Whether another system issues the value, and names it by an ID.
  public boolean isIssued() {
    return variable("CREDENCE_ISSUED_ID_KEYS").isPresent();
  }

  /// The key with the issued value: the one with `issued` and without `id: true`.
  public String issuedKey() {
    var ids = names("CREDENCE_ISSUED_ID_KEYS");
    return one(names("CREDENCE_ISSUED_KEYS").stream().filter(key -> !ids.contains(key)).toList());
  }

  /// The key with the name of the issued value at the provider: the one with `id: true`.
  public String issuedIdKey() {
    return one(names("CREDENCE_ISSUED_ID_KEYS"));
  }

  private List<String> names(String variable) {
    return List.of(required(variable).split(",", -1));
  }

  private static String one(List<String> keys) {
    if (keys.size() != 1) {
      throw new Failure(
          Kind.Usage,
          "This system issues one value and its ID. Declare two keys with issued, one of them with"
              + " id: true.");
    }
    return keys.getFirst();
  }

  /// What consumers use now: the texts of a key in the Secret, of the current value and of the
  /// previous one.
  public Set<String> inUse(String key) {
    var folder = Path.of(get(Setting.CREDENTIAL_DIR)).resolve(required("CREDENCE_SECRET"));
    if (!Files.isDirectory(folder)) {
      throw new Failure(
          Kind.Usage,
          "Mount the Secret %s at %s with optional: true. Without it, the hook does not know which values are in use."
              .formatted(required("CREDENCE_SECRET"), folder));
    }
    return Stream.of(key, key + ".previous")
        .flatMap(name -> read(folder, name).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Withholds a text from messages that no file contains.
  public void withhold(String text) {
    withheld.add(text);
  }

  /// Whether the step is about the value before the current one.
  public boolean isPrevious() {
    return !suffix().isEmpty();
  }

  /// A key of the value that the step is about.
  public Optional<String> value(String key) {
    return read(credential(), key + suffix());
  }

  /// A key of the value that is current in the Secret with the value of the step.
  public Optional<String> current(String key) {
    return read(credential(), key);
  }

  /// A key of the Secret of the administrative account.
  public Optional<String> admin(String key) {
    return read(adminFolder(), key);
  }

  public String requiredAdmin(String key) {
    return admin(key).orElseThrow(() -> missing(adminFolder(), key));
  }

  public String requiredValue(String key) {
    return value(key).orElseThrow(() -> missing(credential(), key + suffix()));
  }

  /// The account and password of the value that the step is about.
  public Login login() {
    return new Login(account(), requiredValue(get(Setting.PASSWORD_KEY)));
  }

  /// The account of the value that the step is about.
  public String account() {
    var key = get(Setting.USERNAME_KEY);
    return value(key)
        .or(() -> variable(Setting.USERNAME.name()))
        .orElseThrow(() -> missing(credential(), key + suffix()));
  }

  /// The account and password of the value that is current in the Secret. Empty before the first
  /// version.
  public Optional<Login> loginInUse() {
    var folder = Path.of(get(Setting.CREDENTIAL_DIR)).resolve(secret());
    if (!Files.isDirectory(folder)) {
      if (version().equals("1")) {
        return Optional.empty();
      }
      throw new Failure(
          Kind.Usage,
          "Mount the Secret %s at %s with optional: true. Without it, the hook cannot keep the current password valid."
              .formatted(secret(), folder));
    }
    var name = read(folder, get(Setting.USERNAME_KEY)).or(() -> variable(Setting.USERNAME.name()));
    var password = read(folder, get(Setting.PASSWORD_KEY));
    return name.flatMap(account -> password.map(text -> new Login(account, text)));
  }

  /// Whether the current value opens the same account as the one before it.
  public boolean isSameAccount() {
    return isPrevious()
        && current(get(Setting.USERNAME_KEY))
            .or(() -> variable(Setting.USERNAME.name()))
            .filter(account()::equals)
            .isPresent();
  }

  public Login adminLogin() {
    return new Login(requiredAdmin("username"), requiredAdmin("password"));
  }

  String required(String name) {
    return variable(name)
        .orElseThrow(
            () ->
                new Failure(Kind.Usage, "Credence sets " + name + " for each hook. It is empty."));
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private String suffix() {
    return variable("CREDENCE_KEY_SUFFIX").orElse("");
  }

  /// For a revocation of a value that was never active, the operator mounts the pending Secret in
  /// place of the Secret, so its folder has the name of the Secret.
  private Path credential() {
    var folder = Path.of(get(Setting.CREDENTIAL_DIR));
    var isRevoke = variable("CREDENCE_STEP").filter(Step.revoke.name()::equals).isPresent();
    return Stream.of(
            variable("CREDENCE_VALUE_SECRET"),
            isRevoke ? variable("CREDENCE_SECRET") : Optional.<String>empty())
        .flatMap(Optional::stream)
        .map(folder::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(folder);
  }

  private Path adminFolder() {
    return Path.of(get(Setting.ADMIN_DIR));
  }

  private Optional<String> read(Path folder, String key) {
    if (key.contains("/") || key.startsWith("..")) {
      throw new Failure(Kind.Usage, "The name of a key is not the name of a file.");
    }
    var file = folder.resolve(key);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      var text = Files.readString(file, StandardCharsets.UTF_8).replaceAll("[\r\n]+$", "");
      if (!isName(key)) {
        withheld.add(text);
      }
      return Optional.of(text);
    } catch (IOException e) {
      throw new Failure(Kind.Usage, "The file " + file + " cannot be read.");
    }
  }

  /// Whether a key has the name of an account or an ID. Those may be in messages and in URLs.
  public boolean isName(String key) {
    var ids =
        variable("CREDENCE_ISSUED_ID_KEYS").stream().flatMap(all -> Stream.of(all.split(",", -1)));
    return key.startsWith(get(Setting.USERNAME_KEY))
        || key.equals("username")
        || ids.anyMatch(id -> key.equals(id) || key.equals(id + ".previous"));
  }

  private static Failure missing(Path folder, String key) {
    return new Failure(
        Kind.Usage,
        "The file "
            + folder.resolve(key)
            + " does not exist. Mount the Secret that has the key "
            + key
            + " there.");
  }
}
