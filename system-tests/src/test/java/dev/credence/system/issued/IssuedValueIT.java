// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.issued;

import static dev.credence.system.Scene.OWNER;
import static dev.credence.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.api.Api;
import dev.credence.cluster.TestNamespace;
import dev.credence.cluster.WithOperator;
import dev.credence.system.BesideOthers;
import dev.credence.system.Scene;
import dev.credence.system.issued.TwoKeyProvider.Cut;
import dev.credence.system.kubelet.TestKubelet.Ran;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Values that another system issues: hooks obtain them from a system that allows two keys, as pods
/// whose tokens are bound to them.
@WithOperator
class IssuedValueIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final List<String> SECRETS = List.of("plain", "before", "after", "written");

  /// In each of them the first attempt is cut off at another place.
  @BesideOthers
  void a_hook_that_is_cut_off_anywhere_leaves_nothing_behind(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    try (var provider = TwoKeyProvider.start();
        var tokens = IssuedTokens.of(scene, provider, SECRETS.toArray(String[]::new))) {
      cut(provider);
      scene.identity(
          "crm",
          OWNER
              + ", secrets: "
              + SECRETS.stream()
                  .map(name -> IssuedTokens.secret(name, "overlap: 1s", ""))
                  .toList());
      awaitVersion(tokens, 1);

      cut(provider);
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      awaitVersion(tokens, 2);
      scene.awaitReady("crm");

      assertThat(provider.refused()).as("a third key was never asked for").isZero();
      assertNowhere(tokens);
    }
  }

  /// While it is applied elsewhere, and so before it was ever in use.
  @BesideOthers
  void a_value_that_is_aborted_is_revoked(TestNamespace namespace) {
    var scene = Scene.in(namespace);
    scene.createHook("apply");
    try (var provider = TwoKeyProvider.start();
        var tokens = IssuedTokens.of(scene, provider, "plain")) {
      scene.identity(
          "crm",
          OWNER
              + ", secrets: ["
              + IssuedTokens.secret("plain", "overlap: 1s", ", apply: {cronJobName: apply}")
              + "]");
      within(DEADLINE, "version 1").until(() -> isInUse(tokens, "plain", 1));
      scene.holdUp("apply");
      scene.annotate(scene.identity("crm"), Api.ROTATE, "now");
      within(DEADLINE, "the next value is applied")
          .until(() -> scene.job("plain-v2-apply-1").get() != null);
      assertThat(tokens.keys("crm", "plain")).hasSize(2);

      scene.annotate(scene.secret("plain"), Api.ABORT, "INC-7");
      scene.job("plain-v2-apply-1").delete();
      within(DEADLINE, "version 1 alone is left").until(() -> isInUse(tokens, "plain", 1));
      assertThat(tokens.kubelet().ran())
          .extracting(Ran::job)
          .contains("plain-v2-revoke-1")
          .doesNotContain("plain-v1-revoke-1");
      assertNowhere(tokens);
    }
  }

  private static void cut(TwoKeyProvider provider) {
    provider.cut("before", Cut.Before);
    provider.cut("after", Cut.After);
    provider.cut("written", Cut.Written);
  }

  private static void awaitVersion(IssuedTokens tokens, long version) {
    for (var secret : SECRETS) {
      within(DEADLINE, secret + " has version " + version)
          .until(() -> isInUse(tokens, secret, version));
    }
  }

  /// Its key alone opens the system, and nothing is left of the rotation.
  private static boolean isInUse(IssuedTokens tokens, String secret, long version) {
    var scene = tokens.scene();
    var id = scene.value(secret, "token-id");
    return scene.version(secret) == version
        && scene.stand("crm", secret).equals("Fresh " + version)
        && scene.secret(secret + "-pending").get() == null
        && id.isPresent()
        && tokens.keys("crm", secret).equals(List.of(id.get()))
        && scene
            .value(secret, "header")
            .equals(scene.value(secret, "token").map("PRIVATE-TOKEN: "::concat));
  }

  /// No value is in a log of a hook, in an object other than a Secret, or in the metadata of one.
  private static void assertNowhere(IssuedTokens tokens) {
    var scene = tokens.scene();
    var client = scene.client();
    var namespace = scene.namespace();
    var seen =
        Stream.of(
                client.pods().inNamespace(namespace).list(),
                client.batch().v1().jobs().inNamespace(namespace).list(),
                client.events().v1().events().inNamespace(namespace).list(),
                scene.identity("crm").get(),
                client.secrets().inNamespace(namespace).list().getItems().stream()
                    .map(secret -> secret.getMetadata())
                    .toList(),
                tokens.kubelet().ran())
            .map(Serialization::asJson)
            .toList();
    assertThat(tokens.provider().values()).isNotEmpty();
    for (var value : tokens.provider().values()) {
      assertThat(seen).as("where a value was seen").noneMatch(text -> text.contains(value));
    }
  }
}
