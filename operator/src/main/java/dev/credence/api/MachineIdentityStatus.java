package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;

public record MachineIdentityStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        Long observedGeneration,
    @JsonPropertyDescription("Where the identity is in its life.") LifeState state,
    @JsonPropertyDescription("What kind of actor it is.") ActorType type,
    @JsonPropertyDescription("Where the type comes from: Declared.") @Size(max = 63)
        String typeReason,
    @JsonPropertyDescription("Who answers for the identity.") OwnerStatus owner,
    @JsonPropertyDescription("The policy that decides, of all that select the identity.")
        PolicyRef policy,
    @JsonPropertyDescription(
            "When the identity ends: its own expirationTime or the policy's lifetime.max, whichever is earlier.")
        Instant expirationTime,
    @JsonPropertyDescription("When the operator has something to do by itself.")
        Instant nextActionTime,
    @JsonPropertyDescription("How many members there are, and how many could not be linked.")
        MemberCounts members,
    @JsonPropertyDescription(
            "What proves the identity. Named ones first; at most 256, members counts them all.")
        @Size(max = 256)
        List<CredentialStatus> credentials,
    @JsonPropertyDescription("The last requests by annotation that were acted upon.")
        Handled handled,
    @JsonPropertyDescription(
            "What is true of the identity, each with a reason and a message: Ready sums them up.")
        @Size(max = 16)
        List<Condition> conditions) {

  /// A list that was left out is read back as an empty one, and is the same.
  public MachineIdentityStatus {
    credentials = credentials == null || credentials.isEmpty() ? null : credentials;
  }

  public enum LifeState {
    Provisioning,
    Active,
    Rotating
  }

  public record OwnerStatus(
      @JsonPropertyDescription("The person to call.") @Size(max = 1024) String contact,
      @JsonPropertyDescription("The team.") @Size(max = 1024) String team,
      @JsonPropertyDescription(
              "Where the contact comes from: Spec, Namespace (the annotation credence.dev/owner) or None.")
          @Required
          Source source) {}

  public enum Source {
    Spec,
    Namespace,
    None
  }

  public record PolicyRef(
      @JsonPropertyDescription("The CredentialPolicy's name.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("Its generation when it was applied.") @Required Long generation) {}

  public record MemberCounts(
      @JsonPropertyDescription("ServiceAccounts that belong to the identity.") @Required
          Integer serviceAccounts,
      @JsonPropertyDescription("Secrets that belong to the identity.") @Required Integer secrets,
      @JsonPropertyDescription("Certificates that belong to the identity.") @Required
          Integer certificates,
      @JsonPropertyDescription("Named members that do not exist.") @Required Integer missing,
      @JsonPropertyDescription("Members to be made whose name is taken by an object of others.")
          @Required
          Integer notOwned,
      @JsonPropertyDescription("Members that another identity has.") @Required
          Integer conflicted) {}

  public record CredentialStatus(
      @JsonPropertyDescription("The name of the Secret or Certificate.") @Required @Size(max = 253)
          String name,
      @JsonPropertyDescription("What it is.") @Required CredentialKind kind,
      @JsonPropertyDescription("Where it is in its rotation.") @Required CredentialState state,
      @JsonPropertyDescription("Counts the values that were issued under this name.") Long version,
      @JsonPropertyDescription("When the current value was issued.") Instant issueTime,
      @JsonPropertyDescription("When the next value is due.") Instant nextRotationTime,
      @JsonPropertyDescription("When the previous value goes. Only while it is still there.")
          Instant previousRetirementTime,
      @JsonPropertyDescription("When the current value ends by itself.") Instant expirationTime,
      @JsonPropertyDescription("The account elsewhere that it opens.") SecretMember.Account account,
      @JsonPropertyDescription(
              "Who uses the Secret: workloads, and pods that belong to none. Counted from a new value until the old one is gone.")
          Consumers consumers,
      @JsonPropertyDescription("The last requests on this Secret that were acted upon.")
          Handled handled,
      @JsonPropertyDescription("What is the matter with it, or what is waited for.")
          @Size(max = 1024)
          String message) {}

  public record Consumers(
      @JsonPropertyDescription("How many use the Secret.") @Required Integer total,
      @JsonPropertyDescription("How many of them have started since the current value was issued.")
          @Required
          Integer current) {}

  public enum CredentialKind {
    Generated,
    Token,
    Certificate,
    LegacyToken,
    Linked
  }

  public enum CredentialState {
    Pending,
    Fresh,
    Due,
    Deferred,
    Applying,
    Verifying,
    Restarting,
    Overlapping,
    Retiring,
    Blocked,
    Expired,
    Revoked
  }

  public record Handled(
      @JsonPropertyDescription("The value of the annotation credence.dev/rotate.") @Size(max = 1024)
          String rotate,
      @JsonPropertyDescription("The value of the annotation credence.dev/rollback.")
          @Size(max = 1024)
          String rollback,
      @JsonPropertyDescription("The value of the annotation credence.dev/abort.") @Size(max = 1024)
          String abort,
      @JsonPropertyDescription("The value of the annotation credence.dev/revoke.") @Size(max = 1024)
          String revoke) {}
}
