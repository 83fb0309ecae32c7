// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What the chart `credence-recipes` and the command `credence recipe` write for a system. Both
/// read it from a file that is generated from the drivers.
///
/// @param accountType `account.type` of the Secret in a MachineIdentity
/// @param type of the Secret
/// @param keys of the Secret
/// @param admin keys of the Secret of the administrative account
/// @param host of the system, where it has one for everybody. Empty if the user names it
/// @param required variables without which no step works, apart from the host
/// @param rotation when a value is replaced, unless the user says otherwise
public record Recipe(
    AccountType accountType,
    String type,
    List<Key> keys,
    List<String> admin,
    String host,
    List<Setting> required,
    Rotation rotation) {

  /// A token that the system issues, and its ID.
  public static final List<Key> TOKEN =
      List.of(new Key("token", Content.ISSUED), new Key("token-id", Content.ISSUED_ID));

  public Recipe {
    keys = List.copyOf(keys);
    admin = List.copyOf(admin);
    required = List.copyOf(required);
  }

  /// The kinds of systems that a MachineIdentity knows.
  public enum AccountType {
    Database,
    OperatingSystem,
    Directory,
    Cloud,
    SaaS,
    API,
    Other
  }

  /// What a key of the Secret contains.
  public enum Content {
    /// The name of one of two accounts that take turns.
    ACCOUNT,
    PASSWORD,
    /// A private key of OpenSSH.
    PRIVATE_KEY,
    /// What the system issues.
    ISSUED,
    /// What names the issued value in the system. It is kept for `revoke`.
    ISSUED_ID
  }

  /// A key of the Secret.
  public record Key(String name, Content content) {}

  /// The time between two rotations, and how long the previous value stays valid, as durations of
  /// Kubernetes. Together they are shorter than a value lives.
  public record Rotation(String interval, String overlap) {
    public static final Rotation MONTHLY = new Rotation("720h", "24h");
  }

  /// Two accounts that take turns, each with one password.
  public static Recipe ofTwoAccounts(AccountType type, Setting... required) {
    return new Recipe(
        type,
        "Opaque",
        List.of(new Key("username", Content.ACCOUNT), new Key("password", Content.PASSWORD)),
        List.of("username", "password"),
        "",
        List.of(required),
        Rotation.MONTHLY);
  }

  /// One account, and a token that the system issues. The administrative account has a token.
  public static Recipe ofIssuedToken(AccountType type, Setting... required) {
    return new Recipe(
        type, "Opaque", TOKEN, List.of("token"), "", List.of(required), Rotation.MONTHLY);
  }

  /// Whether two accounts take turns. The account's name is then a key of the Secret.
  public boolean hasTwoAccounts() {
    return keys.stream().map(Key::content).anyMatch(Content.ACCOUNT::equals);
  }

  /// The variables of a driver that a user sets: the address has its own values, and the names of
  /// keys are those of the recipe.
  static Stream<Setting> settings(Driver driver) {
    return driver.settings().stream()
        .flatMap(setting -> ofSteps(setting, driver))
        .filter(setting -> !setting.name().equals("HOOK_PORT"))
        .filter(setting -> !setting.name().endsWith("_KEY"));
  }

  /// A name with `<STEP>` stands for a variable of each step. A probe is a `verify`.
  private static Stream<Setting> ofSteps(Setting setting, Driver driver) {
    return setting.name().contains("<STEP>")
        ? driver.capabilities().steps().stream()
            .filter(step -> step != Step.probe)
            .sorted()
            .map(step -> step.name().toUpperCase(Locale.ROOT))
            .map(step -> setting.name().replace("<STEP>", step))
            .map(name -> new Setting(name, setting.fallback(), setting.meaning()))
        : Stream.of(setting);
  }
}
