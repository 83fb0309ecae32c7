// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import static dev.credence.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.generate.Maker;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class KeyPoolTest {
  private static final ObjectRef SECRET = ObjectRef.secret("crm-tls");
  private static final ObjectRef OTHER = ObjectRef.secret("crm-ssh");
  private static final GeneratedContent TWO =
      new GeneratedContent(List.of(rsa("a"), rsa("b"), fast("c")));
  private static final GeneratedContent ONE = new GeneratedContent(List.of(rsa("a")));

  private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
  private final KeyPool pool =
      new KeyPool(
          new Maker(new SecureRandom()),
          (namespace, secret) -> ready.add(namespace + "/" + secret.name()));

  @Test
  void fast_keys_need_no_pool() {
    assertThat(pool.take("sales", SECRET, new GeneratedContent(List.of(fast("a"))), 1)).isEmpty();
  }

  @Test
  void slow_keys_are_waited_for_and_given_out_once() {
    waits("sales", SECRET, TWO, 1);
    eventually("the keys are there").until(() -> ready.contains("sales/crm-tls"));
    assertThat(pool.take("sales", SECRET, TWO, 1)).containsOnlyKeys("a", "b");
    waits("sales", SECRET, TWO, 1);
  }

  @Test
  void a_namespace_has_one_slot_and_another_namespace_its_own() {
    waits("sales", SECRET, ONE, 1);
    assertThatThrownBy(() -> pool.take("sales", OTHER, ONE, 1))
        .hasMessageContaining("after the key of Secret crm-tls");
    waits("shop", OTHER, ONE, 1);
    eventually("the first is there").until(() -> ready.contains("sales/crm-tls"));
    eventually("the other namespace's, too").until(() -> ready.contains("shop/crm-ssh"));
    assertThat(pool.take("sales", SECRET, ONE, 1)).hasSize(1);
    assertThat(ready).as("who waited is told").contains("sales/crm-ssh");
    waits("sales", OTHER, ONE, 1);
  }

  @Test
  void a_recipe_that_changed_meanwhile_replaces_what_was_asked_for() {
    waits("sales", SECRET, ONE, 1);
    waits("sales", SECRET, TWO, 1);
    waits("sales", SECRET, TWO, 2);
    eventually("the last is there").until(() -> ready.contains("sales/crm-tls"));
    assertThat(pool.take("sales", SECRET, TWO, 2)).containsOnlyKeys("a", "b");
  }

  private void waits(
      String namespace, ObjectRef secret, GeneratedContent generatorSpec, long version) {
    assertThatThrownBy(() -> pool.take(namespace, secret, generatorSpec, version))
        .isInstanceOfSatisfying(
            WriteRefused.class, refusal -> assertThat(refusal.why()).isEqualTo(Cause.Held))
        .hasMessageContaining("The key");
  }

  private static KeySpec rsa(String name) {
    return pair(name, Algorithm.RSA, Optional.of(2048));
  }

  private static KeySpec fast(String name) {
    return pair(name, Algorithm.Ed25519, Optional.empty());
  }

  private static KeySpec pair(String name, Algorithm algorithm, Optional<Integer> size) {
    return new KeySpec(
        name, new Generator.KeyPair(algorithm, size, Format.PKCS8, Optional.<String>empty()));
  }
}
