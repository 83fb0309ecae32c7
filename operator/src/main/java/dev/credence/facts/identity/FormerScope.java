// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.identity;

import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.object.Selector;
import dev.credence.facts.text.Digests;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The scope as earlier versions computed it, without what hooks run. The record of such an
/// approval in a status is converted to the scope of today; an annotation with one does not count.
public final class FormerScope {
  private static final int BYTES = 16;

  public static String of(Identity identity) {
    return Digests.of(
        Stream.of(
                life(identity),
                identity.accounts().stream()
                    .map(account -> line("account", account.name(), text(account.provision()))),
                identity.secrets().stream().flatMap(FormerScope::secret),
                identity.certificates().stream()
                    .map(
                        certificate ->
                            certificate
                                .issue()
                                .map(issue -> line("issued", certificate.name(), issue.digest()))
                                .orElseGet(() -> line("certificate", certificate.name()))),
                identity.selector().stream().flatMap(FormerScope::selector))
            .flatMap(lines -> lines)
            .sorted()
            .collect(Collectors.joining("\n")),
        BYTES);
  }

  private static Stream<String> life(Identity identity) {
    var owner = identity.owner();
    return Stream.of(
        line("contact", text(owner.contact())),
        line("team", text(owner.team())),
        line("backup", text(owner.backup())),
        line("type", text(identity.type())),
        line("ends", text(identity.expirationTime())));
  }

  private static Stream<String> secret(Identity.SecretWanted secret) {
    var name = secret.name();
    return Stream.concat(
        Stream.of(
            line("secret", name, secret.type()),
            line("made", name, text(secret.material().map(FormerScope::digest))),
            line("opens", name, text(secret.account().map(FormerScope::elsewhere)))),
        Stream.of(Hooks.Step.values())
            .flatMap(
                step ->
                    secret.hooks().of(step).stream()
                        .map(hook -> line("hook", name, step.name(), hook.cronJob()))));
  }

  private static String elsewhere(Identity.AccountElsewhere account) {
    return line(account.type(), account.system(), account.name());
  }

  private static Stream<String> selector(Selector selector) {
    return Stream.concat(
        selector.labels().entrySet().stream()
            .map(label -> line("label", label.getKey(), label.getValue())),
        selector.expressions().stream()
            .map(
                expression ->
                    line(
                        "expression",
                        expression.key(),
                        expression.operator().name(),
                        expression.values().stream().sorted().collect(Collectors.joining("\t")))));
  }

  private static String text(Optional<?> value) {
    return value.map(String::valueOf).orElse("-");
  }

  /// Tabs and new lines are in none of these texts: the schema refuses them.
  private static String line(String... parts) {
    return String.join("\t", parts);
  }

  /// Without the digests of the keys, which earlier versions did not write.
  private static String digest(SecretContent material) {
    return material.digest().split(" ", 2)[0];
  }

  private FormerScope() {}
}
