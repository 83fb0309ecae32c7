package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(
    value = "!has(self.rotation) || has(self.generate)",
    message = "`rotation` needs `generate`: a Secret that is only linked is never written")
@ValidationRule(
    value = "!has(self.type) || has(self.generate)",
    message = "`type` needs `generate`: the type of a Secret that is only linked is its own affair")
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
        "!has(self.generate) || !has(oldSelf.generate) || (has(self.type) ? self.type : 'Opaque') == (has(oldSelf.type) ? oldSelf.type : 'Opaque')",
    message =
        "`type` cannot be changed, since Kubernetes fixes the type of a Secret: use a new name")
public record SecretMember(
    @JsonPropertyDescription(
            "The name of a Secret of this namespace. With `generate` the operator creates it; one that exists already is never overwritten.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name,
    @JsonPropertyDescription(
            "The account elsewhere that this Secret opens: a database login, a cloud user, an API key's holder. Shown in status.credentials.")
        Account account,
    @JsonPropertyDescription(
            "The type of the generated Secret: Opaque (default), kubernetes.io/basic-auth or kubernetes.io/ssh-auth.")
        @Size(max = 253)
        @Pattern(Form.SECRET_TYPE)
        String type,
    @JsonPropertyDescription(
            "Have the operator make the value, own the Secret and rotate it. Changing it issues a new version.")
        Generate generate,
    @JsonPropertyDescription(
            "When the value is replaced. Overrides the policy, inside the policy's bounds.")
        Rotation rotation) {

  public record Account(
      @JsonPropertyDescription("What kind of system knows the account.") @Required AccountKind kind,
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

  public enum AccountKind {
    Database,
    OperatingSystem,
    Directory,
    Cloud,
    SaaS,
    API,
    Other
  }
}
