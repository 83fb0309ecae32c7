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
        "no Secret may be named `<secret>-pending` after one with `hooks`: new values are staged there",
    fieldPath = ".secrets")
@ValidationRule(
    value =
        "!has(self.certificates) || self.certificates.all(c, !has(c.issue) || !self.certificates.exists(d, d.name != c.name && has(d.issue) && d.issue.secretName == c.issue.secretName))",
    message =
        "no two certificates may share a `secretName`: cert-manager would issue each over the other",
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
            "The application that the identity serves. Groups identities of several namespaces; selectable: --field-selector spec.application=crm-suite")
        @SelectableField
        @Size(max = 253)
        @Pattern(Form.LINE)
        String application,
    @JsonPropertyDescription(
            "Why the identity exists, in a sentence for whoever must decide about it later. A change number is welcome.")
        @Size(max = 1024)
        @Pattern(Form.LINE)
        String purpose,
    @JsonPropertyDescription(
            "Who answers for the identity. What is left out is taken from the annotations credence.dev/owner and credence.dev/team of the namespace.")
        Owner owner,
    @JsonPropertyDescription(
            "What kind of actor it is. Policies select by it. An identity that says nothing has no type.")
        ActorType type,
    @JsonPropertyDescription(
            "Active (default); Suspended: out of service until it is Active again; Decommissioned: out of service for good, what was made for it goes, and this resource stays as evidence.")
        @Default("Active")
        @SelectableField
        State state,
    @JsonPropertyDescription(
            "Why the state is not Active, such as a ticket. Shown in the conditions Suspended and Ready.")
        @Size(max = 253)
        @Pattern(Form.LINE)
        String stateReason,
    @JsonPropertyDescription(
            "When the identity ends. From then on nothing is issued or rotated for it. A policy's lifetime.max may end it earlier.")
        Instant expirationTime,
    @JsonPropertyDescription(
            "What becomes of generated Secrets and provisioned ServiceAccounts when this identity is deleted. Delete (default): they go with it. Retain: they stay, and an identity of the same name takes them back.")
        @Default("Delete")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription(
            "Any new text rotates all credentials once: the request for those who write through Git, like the annotation credence.dev/rotate. Windows hold. The first text of a new identity and removing the text rotate nothing.")
        @Size(min = 1, max = 253)
        @Pattern(Form.LINE)
        String rotationRequest,
    @JsonPropertyDescription(
            "ServiceAccounts of this namespace that the actor runs as, by name. At most 64.")
        @Size(max = 64)
        List<ServiceAccountMember> serviceAccounts,
    @JsonPropertyDescription(
            "Secrets of this namespace that the actor uses, by name: linked ones, which are never written but for our label and annotations, and generated ones, which the operator makes and rotates. At most 64.")
        @Size(max = 64)
        List<SecretMember> secrets,
    @JsonPropertyDescription(
            "cert-manager Certificates of this namespace that the actor presents: existing ones, or ones that are issued for it. At most 64.")
        @Size(max = 64)
        List<CertificateMember> certificates,
    @JsonPropertyDescription(
            "Links more ServiceAccounts, Secrets and Certificates of this namespace: those whose labels match. What another identity names is left to it. The ServiceAccount `default` is never selected: list it by name.")
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
