// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.object.Selector;
import dev.credence.facts.text.Digests;
import dev.credence.facts.time.WrittenDuration;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The scope of an approval: what an identity requests, line by line, and a digest of these lines
/// as its name, so that exactly this can be approved: the owner, the expiration, the
/// ServiceAccounts, the credentials with all that they hold, their labels and annotations, and the
/// hooks with what they run. How often credentials are rotated, texts for people and the state of
/// the identity are not part of it.
///
/// 128 bits: whoever asks must not be able to find two scopes of one name.
public final class Scope {
  private static final int BYTES = 16;
  private static final String NOTHING = "-";

  /// `hooks`: what the CronJobs run, by name.
  public static String of(Identity identity, Map<String, HookTemplate> hooks) {
    return Digests.of(String.join("\n", lines(identity, hooks)), BYTES);
  }

  /// All that is approved. Fields of a line are separated by tabs; no field contains one.
  public static List<String> lines(Identity identity, Map<String, HookTemplate> hooks) {
    return Stream.of(
            life(identity),
            identity.accounts().stream().map(Scope::account),
            identity.secrets().stream().flatMap(secret -> secret(secret, hooks)),
            identity.certificates().stream().flatMap(Scope::certificate),
            identity.selector().stream().flatMap(Scope::selector))
        .flatMap(lines -> lines)
        .sorted()
        .toList();
  }

  private static Stream<String> life(Identity identity) {
    var owner = identity.owner();
    return Stream.of(
        line("owner", text(owner.contact())),
        line("team", text(owner.team())),
        line("backup", text(owner.backup())),
        line("type", text(identity.type())),
        line("expires", text(identity.expirationTime())));
  }

  private static String account(Identity.AccountWanted account) {
    return line(
        "account",
        account.name(),
        account
            .provision()
            .map(automount -> "created, automountServiceAccountToken: " + automount)
            .orElse("linked"));
  }

  private static Stream<String> secret(
      Identity.SecretWanted secret, Map<String, HookTemplate> hooks) {
    var name = secret.name();
    return Stream.of(
            Stream.of(line("secret", name + " (" + origin(secret) + ")", "type " + secret.type())),
            secret.material().stream().flatMap(material -> material(name, material)),
            metadata("label", name, secret.metadata().labels()),
            metadata("annotation", name, secret.metadata().annotations()),
            secret.account().stream()
                .map(
                    account ->
                        line("opens", name, account.type(), account.system(), account.name())),
            Stream.of(Step.values()).flatMap(step -> hook(secret, step, hooks).stream()))
        .flatMap(lines -> lines);
  }

  private static Stream<String> metadata(String what, String secret, Map<String, String> all) {
    return all.entrySet().stream()
        .map(entry -> line(what, secret, entry.getKey(), quoted(entry.getValue())));
  }

  private static String origin(Identity.SecretWanted secret) {
    if (secret.material().isEmpty()) {
      return "linked";
    }
    return secret.isToken() ? "token" : "generated";
  }

  private static Optional<String> hook(
      Identity.SecretWanted secret, Step step, Map<String, HookTemplate> hooks) {
    return secret
        .hooks()
        .of(step)
        .map(
            hook ->
                line(
                    "hook",
                    secret.name(),
                    step.name(),
                    "CronJob " + hook.cronJob(),
                    template(hooks.getOrDefault(hook.cronJob(), new HookTemplate.Absent()))));
  }

  private static String template(HookTemplate template) {
    return switch (template) {
      case HookTemplate.Found(var digest, var account, var images) ->
          "runs as ServiceAccount "
              + account
              + " with "
              + String.join(" ", images)
              + ", pod template "
              + digest;
      case HookTemplate.Absent _ -> "does not exist";
      case HookTemplate.Unread _ -> "cannot be read";
    };
  }

  private static Stream<String> material(String secret, SecretContent material) {
    return switch (material) {
      case GeneratedContent(var keys) -> keys.stream().map(key -> key(secret, key));
      case TokenRecipe(var account, var audiences, var lifetime, var kubeconfig, _) ->
          Stream.of(
              line(
                  "token",
                  secret,
                  "ServiceAccount " + account,
                  "audiences " + (audiences.isEmpty() ? "API server" : listed(audiences)),
                  "lifetime " + WrittenDuration.text(lifetime),
                  "kubeconfig " + kubeconfig));
    };
  }

  private static String key(String secret, KeySpec key) {
    return line(
        "key",
        secret,
        key.name(),
        switch (key.generator()) {
          case Generator.Fixed(var text) -> "value " + quoted(text);
          case Generator.Password(var length, var characters) ->
              "password " + length + " " + characters;
          case Generator.RandomBytes(var length, var encoding) ->
              "bytes " + length + " " + encoding;
          case Generator.Uuid() -> "uuid";
          case Generator.Cycle(var values) -> "cycle " + listed(values);
          case Generator.KeyPair(var algorithm, var size, var format, var publicKey) ->
              "keyPair "
                  + algorithm
                  + " "
                  + text(size)
                  + " "
                  + format
                  + " publicKey "
                  + text(publicKey);
          case Generator.Template(var text) -> "template " + quoted(text);
          case Generator.Issued(var id) -> id ? "issued id" : "issued";
          case Generator.Unknown() -> "unknown";
        });
  }

  private static Stream<String> certificate(Identity.CertificateWanted certificate) {
    var name = certificate.name();
    return Stream.concat(
        Stream.of(line("certificate", name, certificate.issue().isPresent() ? "issued" : "linked")),
        certificate.issue().stream()
            .flatMap(
                issue ->
                    Arrays.stream(Issuance.Field.values())
                        .flatMap(
                            field ->
                                field.of(issue).stream()
                                    .map(
                                        value ->
                                            line("issue", name, field.toString(), shown(value))))));
  }

  private static String shown(Object value) {
    return switch (value) {
      case List<?> texts -> listed(texts);
      case Duration duration -> WrittenDuration.text(duration);
      default -> value.toString();
    };
  }

  private static Stream<String> selector(Selector selector) {
    return Stream.concat(
        selector.labels().entrySet().stream()
            .map(label -> line("selects", label.getKey(), "=", label.getValue())),
        selector.expressions().stream()
            .map(
                expression ->
                    line(
                        "selects",
                        expression.key(),
                        expression.operator().name(),
                        listed(expression.values().stream().sorted().toList()))));
  }

  private static String text(Optional<?> value) {
    return value.map(String::valueOf).orElse(NOTHING);
  }

  private static String listed(List<?> values) {
    return values.stream().map(value -> quoted(value.toString())).collect(Collectors.joining(" "));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String line(String... fields) {
    return Stream.of(fields).map(Scope::field).collect(Collectors.joining("\t"));
  }

  /// Without what would end a field or a line: a value of the spec may contain both.
  private static String field(String text) {
    return text.codePoints().noneMatch(Scope::isHidden)
        ? text
        : text.codePoints()
            .mapToObj(c -> isHidden(c) ? "\\u%04x".formatted(c) : Character.toString(c))
            .collect(Collectors.joining());
  }

  private static boolean isHidden(int character) {
    return Character.isISOControl(character)
        || Character.getType(character) == Character.FORMAT
        || character == '\u2028'
        || character == '\u2029';
  }

  private Scope() {}
}
