// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.raw.Metadata;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// Resumes a suspended identity.
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    header = "Resume a suspended identity.",
    description = {
      "",
      "Removes the request of `credence suspend`. If the identity stays suspended for another reason,",
      "the command prints the reason."
    },
    footer = {"%nExample:", "  credence resume crm -n sales --wait"})
public final class Resume extends AnnotationCommand {

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    var annotations = Metadata.annotations(asked.identity().getMetadata());
    var present = Stream.of(Api.SUSPEND, Api.COMPROMISED).filter(annotations::containsKey).toList();
    var others = others(asked);
    if (present.isEmpty()) {
      report(
          asked.name()
              + ": "
              + others.orElse(
                  isSuspended(asked)
                      ? "The request for the suspension was removed; the operator resumes the identity."
                      : "The identity is not suspended."));
      return Optional.empty();
    }
    return Optional.of(
        new AnnotationRequest(
            Optional.empty(),
            String.join(",", present),
            Optional.empty(),
            others
                .map(why -> "The request for the suspension is removed. " + why)
                .orElse("The operator resumes the identity."),
            status -> status.state() != LifeState.Suspended && status.suspension() == null));
  }

  private static boolean isSuspended(Asked asked) {
    return asked.status().map(MachineIdentityStatus::suspension).isPresent();
  }

  /// Other reasons for which it stays suspended.
  private static Optional<String> others(Asked asked) {
    var state = Optional.ofNullable(asked.identity().getSpec()).map(MachineIdentitySpec::state);
    if (state.filter(MachineIdentitySpec.State.Decommissioned::equals).isPresent()) {
      return Optional.of("The identity is decommissioned, which is final. Create a new identity.");
    }
    if (state.filter(MachineIdentitySpec.State.Suspended::equals).isPresent()) {
      return Optional.of(
          "It stays suspended: spec.state is Suspended. Set it to Active in its source, such as Git.");
    }
    return asked
        .status()
        .map(MachineIdentityStatus::suspension)
        .map(suspension -> suspension.reason())
        .flatMap(Resume::byItself);
  }

  private static Optional<String> byItself(String reason) {
    return switch (reason) {
      case "Expired" ->
          Optional.of(
              "It stays suspended: it has expired and its policy suspends it. Set a later spec.expirationTime, or raise lifetime.max of the policy.");
      case "Idle" ->
          Optional.of(
              "It stays suspended: its policy suspends it as idle. Review it with credence review.");
      case "OddBehavior" ->
          Optional.of(
              "It stays suspended: its policy suspends it for odd behavior. Examine the findings in its status, then review it with credence review.");
      case "ReviewOverdue" ->
          Optional.of(
              "It stays suspended: its policy requires a review. Review it with credence review.");
      default -> Optional.empty();
    };
  }
}
