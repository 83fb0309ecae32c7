// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

@ValidationRule(
    value = "!(has(self.generate) && has(self.token))",
    message =
        "`generate` may not be specified when `token` is set: a Secret holds one or the other")
@ValidationRule(
    value = "!has(self.rotation) || has(self.generate) || has(self.token)",
    message =
        "`rotation` needs `generate` or `token`: a Secret that is only linked is never written")
@ValidationRule(
    value = "!has(self.rotationRequest) || has(self.generate) || has(self.token)",
    message =
        "`rotationRequest` needs `generate` or `token`: a Secret that is only linked is never written")
@ValidationRule(
    value = SecretMember.SLOW_KEYS_LAST,
    message =
        "`rotation.interval` of a Secret with an RSA key must be at least 1h, since the key takes long to generate: use Ed25519 or ECDSA for a shorter one")
@ValidationRule(
    value = "!has(self.hooks) || has(self.generate)",
    message = "`hooks` needs `generate`: they bring a new value to where it is checked")
@ValidationRule(
    value = "!(has(self.hooks) || has(self.token)) || size(self.name) <= 200",
    message =
        "a Secret with `hooks` or `token` has a name of at most 200 characters: others are named after it")
@ValidationRule(
    value = "!has(self.metadata) || has(self.generate) || has(self.token)",
    message =
        "`metadata` needs `generate` or `token`: the operator does not write labels of a Secret that is only linked")
@ValidationRule(
    value = "!has(self.type) || has(self.generate)",
    message =
        "`type` needs `generate`: a Secret with `token` is Opaque, and the type of one that is only linked is its own affair")
@ValidationRule(
    value =
        "!has(self.generate) || !has(self.type) || self.type != 'kubernetes.io/basic-auth' || self.generate.keys.exists(k, k.name == 'password')",
    message = "a Secret of type kubernetes.io/basic-auth needs a key `password`")
@ValidationRule(
    value =
        "!has(self.generate) || !has(self.type) || self.type != 'kubernetes.io/ssh-auth' || self.generate.keys.exists(k, k.name == 'ssh-privatekey')",
    message = "a Secret of type kubernetes.io/ssh-auth needs a key `ssh-privatekey`")
@ValidationRule(
    value =
        "!has(self.generate) || !has(self.type) || self.type != 'kubernetes.io/dockerconfigjson' || self.generate.keys.exists(k, k.name == '.dockerconfigjson' && has(k.template))",
    message =
        "a Secret of type kubernetes.io/dockerconfigjson needs a key `.dockerconfigjson` with a `template` that gives JSON, with `{{` for a brace")
@ValidationRule(
    value =
        "!(has(self.generate) || has(self.token)) || !(has(oldSelf.generate) || has(oldSelf.token)) || (has(self.type) ? self.type : 'Opaque') == (has(oldSelf.type) ? oldSelf.type : 'Opaque')",
    message =
        "`type` cannot be changed, since Kubernetes fixes the type of a Secret: use a new name")
public record SecretMember(
    @JsonPropertyDescription(
            "The name of a Secret of this namespace. With `generate` or `token` the operator creates it; one that exists already is never overwritten.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name,
    @JsonPropertyDescription(
            "The account elsewhere that this Secret opens: a database login, a cloud user, an API key's holder. Shown in status.credentials.")
        Account account,
    @JsonPropertyDescription(
            "The type of the generated Secret: Opaque (default), kubernetes.io/basic-auth, kubernetes.io/ssh-auth, or kubernetes.io/dockerconfigjson to pull images.")
        @Size(max = 253)
        @Pattern(Form.SECRET_TYPE)
        String type,
    @JsonPropertyDescription(
            "Labels and annotations of the generated Secret. The Secrets `<secret>-pending` and `<secret>-anchor-v<N>` do not have them.")
        SecretMetadata metadata,
    @JsonPropertyDescription(
            "Have the operator make the value, own the Secret and rotate it. Changing it issues a new version.")
        Generate generate,
    @JsonPropertyDescription(
            "When the value is replaced. Overrides the policy, inside the policy's bounds.")
        Rotation rotation,
    @JsonPropertyDescription(
            "Any new text rotates this Secret once: the request for those who write through Git, like the annotation credence.dev/rotate. Windows hold. The first text of a new Secret and removing the text rotate nothing.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String rotationRequest,
    @JsonPropertyDescription(
            "Jobs that bring a new value to where it is checked, prove it, and end the old one. A new value stays in `<secret>-pending` until apply and verify have succeeded.")
        Hooks hooks,
    @JsonPropertyDescription(
            "Have the operator request tokens of a ServiceAccount, put them into this Secret under `token`, and renew each when 80 % of the life that the API server granted is over.")
        Token token) {

  /// One without metadata and request.
  public SecretMember(
      String name,
      Account account,
      String type,
      Generate generate,
      Rotation rotation,
      Hooks hooks,
      Token token) {
    this(name, account, type, null, generate, rotation, null, hooks, token);
  }

  static final String SLOW_KEYS_LAST =
      "!has(self.generate) || !has(self.rotation) || !has(self.rotation.interval) || !self.rotation.interval.matches('"
          + Form.DURATION
          + "') || duration(self.rotation.interval) >= duration('1h') || !self.generate.keys.exists(k, has(k.keyPair) && k.keyPair.algorithm == 'RSA')";

  @ValidationRule(
      value = "has(self.apply) || has(self.verify) || has(self.revoke)",
      message = "`hooks` needs at least one of `apply`, `verify` and `revoke`")
  public record Hooks(
      @JsonPropertyDescription(
              "Sets the new value where it is checked, such as by ALTER USER. The old one must stay valid: `generate.keys[].cycle` gives the other end two accounts.")
          Hook apply,
      @JsonPropertyDescription("Proves that the new value works, before any consumer sees it.")
          Hook verify,
      @JsonPropertyDescription(
              "Ends the old value, when its overlap is over or when it is revoked.")
          Hook revoke) {}

  @ValidationRule(
      value =
          "!has(self.timeout) || !self.timeout.matches('"
              + Form.DURATION
              + "') || (duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('24h'))",
      message = "`timeout` must be between 1s and 24h",
      fieldPath = ".timeout")
  public record Hook(
      @JsonPropertyDescription(
              "A CronJob of this namespace whose template the Job is made from. It must be suspended and carry the annotation credence.dev/hook: \"true\", by which its holder agrees.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String cronJobName,
      @JsonPropertyDescription(
              "How long the Job may take before the attempt has failed: 5m (default). Between 1s and 24h.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String timeout) {}

  @ValidationRule(
      value =
          "!has(self.lifetime) || !self.lifetime.matches('"
              + Form.DURATION
              + "') || (duration(self.lifetime) >= duration('10m') && duration(self.lifetime) <= duration('8760h'))",
      message = "`lifetime` must be between 10m and 8760h",
      fieldPath = ".lifetime")
  public record Token(
      @JsonPropertyDescription(
              "The ServiceAccount whose token it is. It must be listed in spec.serviceAccounts.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String serviceAccountName,
      @JsonPropertyDescription(
              "Who accepts the token; left out: the API server. A token for others opens the API server only where one of its own audiences is among them.")
          @Size(max = 8)
          List<@Size(min = 1, max = 253) @Pattern(Form.LINE) String> audiences,
      @JsonPropertyDescription(
              "How long a token is asked to live: 24h (default), never longer than the policy's tokens.maxLifetime. Between 10m and 8760h.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String lifetime,
      @JsonPropertyDescription(
              "Also put a kubeconfig with the token into the Secret, under the key `kubeconfig`. It is of use where the API server is among those who accept the token.")
          Boolean kubeconfig) {}

  public record Account(
      @JsonPropertyDescription("What kind of system knows the account.") @Required AccountType type,
      @JsonPropertyDescription("Which system, as your people call it: db.sales, github.com.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.LINE)
          String system,
      @JsonPropertyDescription("The account's name in that system.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.LINE)
          String name) {}

  public enum AccountType {
    Database,
    OperatingSystem,
    Directory,
    Cloud,
    SaaS,
    API,
    Other
  }
}
