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
        "`generate` may not be specified when `token` is set: a Secret contains one or the other")
@ValidationRule(
    value = "!has(self.rotation) || has(self.generate) || has(self.token)",
    message = "`rotation` needs `generate` or `token`: the operator never writes a linked Secret")
@ValidationRule(
    value = "!has(self.rotationRequest) || has(self.generate) || has(self.token)",
    message =
        "`rotationRequest` needs `generate` or `token`: the operator never writes a linked Secret")
@ValidationRule(
    value = SecretMember.SLOW_KEYS_LAST,
    message =
        "`rotation.interval` of a Secret with an RSA key must be at least 1h, since the key takes long to generate: use Ed25519 or ECDSA for a shorter one")
@ValidationRule(
    value = "!has(self.hooks) || has(self.generate)",
    message = "`hooks` needs `generate`: hooks set a generated value in the target system")
@ValidationRule(
    value =
        "!has(self.generate) || !self.generate.keys.exists(k, has(k.issued)) || (has(self.hooks) && has(self.hooks.issue))",
    message = "a key with `issued` needs `hooks.issue`: the hook obtains its value")
@ValidationRule(
    value =
        "!has(self.hooks) || !has(self.hooks.issue) || (has(self.generate) && self.generate.keys.exists(k, has(k.issued)))",
    message =
        "`hooks.issue` needs a key with `issued` under `generate.keys`, into which the hook writes")
@ValidationRule(
    value = "!(has(self.hooks) || has(self.token)) || size(self.name) <= 200",
    message =
        "the name of a Secret with `hooks` or `token` must have at most 200 characters: names of other objects are derived from it")
@ValidationRule(
    value = "!has(self.metadata) || has(self.generate) || has(self.token)",
    message =
        "`metadata` needs `generate` or `token`: the operator does not set labels of a linked Secret")
@ValidationRule(
    value = "!has(self.type) || has(self.generate)",
    message =
        "`type` needs `generate`: a Secret with `token` is Opaque, and the operator does not change the type of a linked Secret")
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
        "a Secret of type kubernetes.io/dockerconfigjson needs a key `.dockerconfigjson` with a `template` that renders to JSON, with `{{` for a brace")
@ValidationRule(
    value =
        "!(has(self.generate) || has(self.token)) || !(has(oldSelf.generate) || has(oldSelf.token)) || (has(self.type) ? self.type : 'Opaque') == (has(oldSelf.type) ? oldSelf.type : 'Opaque')",
    message =
        "`type` cannot be changed, since Kubernetes fixes the type of a Secret: use a new name")
public record SecretMember(
    @JsonPropertyDescription(
            "The name of a Secret of this namespace. With `generate` or `token` the operator creates the Secret. It never overwrites an existing one.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name,
    @JsonPropertyDescription(
            "The account in another system that this Secret authenticates: a database login, a cloud user, the user of an API key. Shown in status.credentials.")
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
            "The operator generates the secret values, owns the Secret and rotates it. A change of this field issues a new version. Without `hooks` the operator changes only this Secret: a system outside the cluster that checks the value, such as a database, does not learn the new value and rejects it. Use `hooks` for such a system, or generate only values that the cluster itself checks.")
        Generate generate,
    @JsonPropertyDescription(
            "When the operator rotates the credential. Overrides the policy within the limits that the policy sets.")
        Rotation rotation,
    @JsonPropertyDescription(
            "Requests a rotation from Git: each new text rotates this Secret once, like the annotation credence.dev/rotate. The rotation waits for the windows of the policy. Neither the initial text of a new Secret nor removing the text rotates anything.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String rotationRequest,
    @JsonPropertyDescription(
            "Jobs that obtain a new value or set it in the target system, verify it, and revoke the old one, and that lock its account while the identity is suspended. A new value stays in the Secret `<secret>-pending` until apply and verify have succeeded.")
        Hooks hooks,
    @JsonPropertyDescription(
            "The operator requests a token of a ServiceAccount and stores it in this Secret under the key `token`. It renews the token after 80 % of the lifetime that the API server granted.")
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
      value =
          "has(self.apply) || has(self.verify) || has(self.revoke) || has(self.suspend) || has(self.resume) || has(self.probe)",
      message =
          "`hooks` needs at least one of `apply`, `verify`, `revoke`, `probe`, and `suspend` with `resume`")
  @ValidationRule(
      value = "!has(self.probe) || has(self.probe.cronJobName) || has(self.verify)",
      message = "`probe` needs `cronJobName`, or the hook `verify` whose CronJob it uses")
  @ValidationRule(
      value = "has(self.suspend) == has(self.resume)",
      message =
          "`suspend` and `resume` need each other: an account that the operator locks must be unlocked when the identity is resumed")
  @ValidationRule(
      value = "!has(self.issue) || has(self.revoke)",
      message =
          "`issue` needs `revoke`: a value that another system issued stays valid there until it is revoked")
  public record Hooks(
      @JsonPropertyDescription(
              "Obtains the new value from the system that issues it, before `apply`, and writes the keys with `issued` into the Secret `<secret>-pending`. Requires `revoke`, and the admission policy issued.credence.dev of the chart.")
          Hook issue,
      @JsonPropertyDescription(
              "Sets the new value in the target system, for example with ALTER USER. The old value must stay valid: `generate.keys[].cycle` alternates between two accounts in that system.")
          Hook apply,
      @JsonPropertyDescription(
              "Verifies that the new value works, before any consumer can read it.")
          Hook verify,
      @JsonPropertyDescription(
              "Invalidates the old value in the target system, after the overlap or on a revocation.")
          Hook revoke,
      @JsonPropertyDescription(
              "Locks the account in the target system while the identity is suspended. Retried until it succeeds. Requires `resume`.")
          Hook suspend,
      @JsonPropertyDescription(
              "Unlocks the account in the target system when the identity is resumed. Rotations of the Secret wait for it. Requires `suspend`.")
          Hook resume,
      @JsonPropertyDescription(
              "Verifies the current value between rotations on an interval, and so detects another writer that changed the credential in the target system.")
          Probe probe) {

    /// Those of a rotation alone.
    public Hooks(Hook apply, Hook verify, Hook revoke) {
      this(apply, verify, revoke, null, null, null);
    }

    /// All but the one that obtains a value.
    public Hooks(Hook apply, Hook verify, Hook revoke, Hook suspend, Hook resume, Probe probe) {
      this(null, apply, verify, revoke, suspend, resume, probe);
    }
  }

  @ValidationRule(
      value =
          "!has(self.interval) || !self.interval.matches('"
              + Form.DURATION
              + "') || (duration(self.interval) >= duration('1m') && duration(self.interval) <= duration('720h'))",
      message = "`interval` must be between 1m and 720h",
      fieldPath = ".interval")
  @ValidationRule(
      value =
          "!has(self.timeout) || !self.timeout.matches('"
              + Form.DURATION
              + "') || (duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('24h'))",
      message = "`timeout` must be between 1s and 24h",
      fieldPath = ".timeout")
  public record Probe(
      @JsonPropertyDescription(
              "A CronJob of this namespace, with the same rules as for the other hooks. Default: the CronJob of `verify`. In the pod, references to the Secret `<secret>-pending` become references to the Secret itself.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String cronJobName,
      @JsonPropertyDescription(
              "How often the operator verifies the current value: 1h (default). Between 1m and 720h.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String interval,
      @JsonPropertyDescription(
              "How long the Job may run before the probe counts as failed: 5m (default). Between 1s and 24h.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String timeout) {}

  @ValidationRule(
      value =
          "!has(self.timeout) || !self.timeout.matches('"
              + Form.DURATION
              + "') || (duration(self.timeout) >= duration('1s') && duration(self.timeout) <= duration('24h'))",
      message = "`timeout` must be between 1s and 24h",
      fieldPath = ".timeout")
  public record Hook(
      @JsonPropertyDescription(
              "A CronJob of this namespace; the operator creates the hook Job from its template. The CronJob must be suspended. Its owner must allow hooks by the annotation credence.dev/hook: \"true\".")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String cronJobName,
      @JsonPropertyDescription(
              "How long the Job may run before the attempt counts as failed: 5m (default). Between 1s and 24h.")
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
              "The ServiceAccount that the token authenticates. It must be listed in spec.serviceAccounts.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String serviceAccountName,
      @JsonPropertyDescription(
              "The audiences that accept the token. Default: the API server. With other audiences, the API server accepts the token only if the list contains one of its own.")
          @Size(max = 8)
          List<@Size(min = 1, max = 253) @Pattern(Form.LINE) String> audiences,
      @JsonPropertyDescription(
              "The requested lifetime of a token: 24h (default), at most the tokens.maxLifetime of the policy. Between 10m and 8760h.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String lifetime,
      @JsonPropertyDescription(
              "Also store a kubeconfig with the token in the Secret, under the key `kubeconfig`. It works only if the API server is one of the audiences.")
          Boolean kubeconfig) {}

  public record Account(
      @JsonPropertyDescription("The kind of system that the account belongs to.") @Required
          AccountType type,
      @JsonPropertyDescription("The name of the system: db.sales, github.com.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.LINE)
          String system,
      @JsonPropertyDescription("The name of the account in that system.")
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
