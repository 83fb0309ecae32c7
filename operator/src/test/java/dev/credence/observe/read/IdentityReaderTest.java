// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import static dev.credence.facts.credential.Generator.Format.OpenSSH;
import static dev.credence.facts.credential.Generator.Format.PKCS8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Generate;
import dev.credence.api.Generate.Algorithm;
import dev.credence.api.LabelMatch;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.SecretMember;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.observe.Objects;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What an older or looser schema may have stored.
class IdentityReaderTest {
  /// As objects that are kept have them: they refuse to be asked for a key that is none.
  private static final Map<String, String> LABELS = Map.of("app", "crm", "tier", "gold");

  @Test
  void what_is_asked_for_without_saying_what_selects_nothing() {
    var withoutValue = new HashMap<String, @Nullable String>();
    withoutValue.put("tier", null);
    withoutValue.put("app", "crm");
    assertThat(IdentityReader.selector(withoutValue, null).matches(LABELS)).isFalse();

    for (var operator : LabelMatch.Operator.values()) {
      assertThat(selects(new LabelMatch(null, operator, null))).as("no key %s", operator).isFalse();
    }
    assertThat(selects(new LabelMatch("app", null, List.of("crm")))).isFalse();
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.In, null))).isFalse();
  }

  @Test
  void what_is_missing_in_a_list_is_passed_over() {
    var values = Arrays.asList(null, "crm");
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.In, values))).isTrue();
    assertThat(selects(new LabelMatch("app", LabelMatch.Operator.NotIn, values))).isFalse();
    assertThat(IdentityReader.selector(null, Collections.singletonList(null)).matches(LABELS))
        .isTrue();
  }

  /// What reads a Secret for SSH does not read PKCS#8.
  @Test
  void the_format_of_a_key_pair_goes_by_the_type_of_the_secret() {
    assertThat(format("kubernetes.io/ssh-auth", Algorithm.Ed25519, null)).isEqualTo(OpenSSH);
    assertThat(format("kubernetes.io/ssh-auth", Algorithm.RSA, null)).isEqualTo(OpenSSH);
    assertThat(format("kubernetes.io/ssh-auth", Algorithm.ECDSA, null)).isEqualTo(OpenSSH);
    assertThat(format("kubernetes.io/ssh-auth", Algorithm.MLDSA, null)).isEqualTo(PKCS8);
    assertThat(format("kubernetes.io/ssh-auth", Algorithm.RSA, Generate.Format.PKCS8))
        .isEqualTo(PKCS8);
    assertThat(format("Opaque", Algorithm.Ed25519, null)).isEqualTo(PKCS8);
    assertThat(format(null, Algorithm.Ed25519, null)).isEqualTo(PKCS8);
    assertThat(format(null, Algorithm.Ed25519, Generate.Format.OpenSSH)).isEqualTo(OpenSSH);
  }

  private static Format format(
      @Nullable String type, Algorithm algorithm, Generate.@Nullable Format written) {
    var identity = Objects.making("deploy", "deploy-key");
    var pair = new Generate.KeyPair(algorithm, null, written, "ssh-publickey");
    var key = new Generate.KeyRecipe("ssh-privatekey", null, null, null, null, null, pair, null);
    var spec = identity.getSpec();
    identity.setSpec(
        new MachineIdentitySpec(
            spec.application(),
            spec.purpose(),
            spec.owner(),
            spec.type(),
            spec.state(),
            spec.expirationTime(),
            spec.deletionPolicy(),
            spec.serviceAccounts(),
            List.of(
                new SecretMember(
                    "deploy-key", null, type, new Generate(List.of(key)), null, null, null)),
            spec.certificates(),
            spec.selector()));
    var generatorSpec =
        (GeneratedContent)
            IdentityReader.identity(identity).secrets().getFirst().material().orElseThrow();
    return ((KeyPair) generatorSpec.keys().getFirst().generator()).format();
  }

  private static boolean selects(LabelMatch match) {
    return IdentityReader.selector(null, List.of(match)).matches(LABELS);
  }
}
