// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;

@ValidationRule(
    value =
        "!has(self.secrets) || self.secrets.all(s, !has(s.token) || (has(self.serviceAccounts) && self.serviceAccounts.exists(a, a.name == s.token.serviceAccountName)))",
    message = "`secrets[].token.serviceAccountName` must be listed in `serviceAccounts`",
    fieldPath = ".secrets")
@ValidationRule(
    value =
        "!has(oldSelf.state) || oldSelf.state != 'Decommissioned' || (has(self.state) && self.state == 'Decommissioned')",
    message = "`state` Decommissioned is final: create a new identity",
    fieldPath = ".state")
@ValidationRule(
    value =
        "!has(self.secrets) || self.secrets.all(s, !has(s.hooks) || !self.secrets.exists(t, t.name == s.name + '-pending'))",
    message =
        "no Secret may have the name `<secret>-pending` of a Secret with `hooks`: the operator stages new values there",
    fieldPath = ".secrets")
@ValidationRule(
    value =
        "!has(self.certificates) || self.certificates.all(c, !has(c.issue) || !self.certificates.exists(d, d.name != c.name && has(d.issue) && d.issue.secretName == c.issue.secretName))",
    message =
        "no two certificates may share a `secretName`: cert-manager would overwrite each with the other",
    fieldPath = ".certificates")
@ValidationRule(
    value =
        "!has(self.certificates) || !has(self.secrets) || self.certificates.all(c, !has(c.issue) || !self.secrets.exists(s, s.name == c.issue.secretName && (has(s.generate) || has(s.token))))",
    message =
        "the `secretName` of a certificate may not be that of a Secret with `generate` or `token`",
    fieldPath = ".certificates")
@ValidationRule(
    value = MachineIdentitySpec.TEXTS_FIT,
    message =
        "`value` and `template` of all Secrets must have at most 262144 characters together: use several MachineIdentities",
    fieldPath = ".secrets")
public record MachineIdentitySpec(
    @JsonPropertyDescription(
            "The application that the identity belongs to. It groups identities across namespaces. Field selector: --field-selector spec.application=crm-suite")
        @SelectableField
        @Size(max = 253)
        @Pattern(Form.LINE)
        String application,
    @JsonPropertyDescription(
            "The purpose of the identity, in one sentence for reviewers and auditors. It may include a change number.")
        @Size(max = 1024)
        @Pattern(Form.LINE)
        String purpose,
    @JsonPropertyDescription(
            "The owner of the identity. The annotations credence.dev/owner and credence.dev/team of the namespace supply fields that are not set.")
        Owner owner,
    @JsonPropertyDescription(
            "The kind of actor. Policies can select identities by type. Default: the type that the operator derives, shown in status.type.")
        ActorType type,
    @JsonPropertyDescription(
            "The desired state. Active (default): the identity works normally. Suspended: it is suspended until the state is Active again. Decommissioned: it is suspended permanently, the operator deletes the objects it created for it, and this resource remains as a record.")
        @Default("Active")
        @SelectableField
        State state,
    @JsonPropertyDescription(
            "The reason for a state other than Active, such as a ticket number. The conditions Suspended and Ready show it.")
        @Size(max = 253)
        @Pattern(Form.LINE)
        String stateReason,
    @JsonPropertyDescription(
            "When the identity expires. After that, the operator issues and rotates no credentials for it. The policy field lifetime.max can make it expire earlier.")
        Instant expirationTime,
    @JsonPropertyDescription(
            "What happens to generated Secrets and provisioned ServiceAccounts when this identity is deleted. Delete (default): they are deleted with it. Retain: they remain, and a new identity with the same name adopts them.")
        @Default("Delete")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription(
            "Requests a rotation from Git: each new text rotates all credentials once, like the annotation credence.dev/rotate. The rotation waits for the windows of the policy. Neither the initial text of a new identity nor removing the text rotates anything.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String rotationRequest,
    @JsonPropertyDescription(
            "The ServiceAccounts of this namespace that the actor runs as, by name. At most 64.")
        @Size(max = 64)
        List<ServiceAccountMember> serviceAccounts,
    @JsonPropertyDescription(
            "The Secrets of this namespace that the actor uses, by name. The operator creates and rotates generated Secrets. On linked Secrets it only sets its own label and annotations. At most 64.")
        @Size(max = 64)
        List<SecretMember> secrets,
    @JsonPropertyDescription(
            "The cert-manager Certificates of this namespace that the actor presents. The operator links existing Certificates and creates those with `issue`. At most 64.")
        @Size(max = 64)
        List<CertificateMember> certificates,
    @JsonPropertyDescription(
            "Links all ServiceAccounts, Secrets and Certificates of this namespace whose labels match. It skips objects that another identity lists by name. It never selects the ServiceAccount `default`: list it by name.")
        MemberSelector selector) {

  /// One without a reason and a request.
  public MachineIdentitySpec(
      String application,
      String purpose,
      Owner owner,
      ActorType type,
      State state,
      Instant expirationTime,
      DeletionPolicy deletionPolicy,
      List<ServiceAccountMember> serviceAccounts,
      List<SecretMember> secrets,
      List<CertificateMember> certificates,
      MemberSelector selector) {
    this(
        application,
        purpose,
        owner,
        type,
        state,
        null,
        expirationTime,
        deletionPolicy,
        null,
        serviceAccounts,
        secrets,
        certificates,
        selector);
  }

  static final String TEXTS_FIT =
      "!has(self.secrets) || self.secrets.map(s, has(s.generate) ? s.generate.keys.map(k, (has(k.value) ? k.value.size() : 0) + (has(k.template) ? k.template.size() : 0)).sum() : 0).sum() <= 262144";

  public enum State {
    Active,
    Suspended,
    Decommissioned
  }

  public enum DeletionPolicy {
    Delete,
    Retain
  }
}
