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
      "It takes back what `credence suspend` asked for. Where something else keeps the identity out of",
      "service, it is said what."
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
                      ? "nobody asks for the suspension any more; the operator undoes it"
                      : "is not suspended: there is nothing to resume"));
      return Optional.empty();
    }
    return Optional.of(
        new AnnotationRequest(
            Optional.empty(),
            String.join(",", present),
            Optional.empty(),
            others.map(why -> "the suspension is taken back, but " + why).orElse("is resumed"),
            status -> status.state() != LifeState.Suspended && status.suspension() == null));
  }

  private static boolean isSuspended(Asked asked) {
    return asked.status().map(MachineIdentityStatus::suspension).isPresent();
  }

  /// Other reasons for which it stays suspended.
  private static Optional<String> others(Asked asked) {
    var state = Optional.ofNullable(asked.identity().getSpec()).map(MachineIdentitySpec::state);
    if (state.filter(MachineIdentitySpec.State.Decommissioned::equals).isPresent()) {
      return Optional.of("it is decommissioned, which is final: create a new identity");
    }
    if (state.filter(MachineIdentitySpec.State.Suspended::equals).isPresent()) {
      return Optional.of(
          "its spec.state is Suspended: set it to Active where it is written (in Git, if it comes from there)");
    }
    return asked
        .status()
        .map(MachineIdentityStatus::suspension)
        .map(suspension -> suspension.reason())
        .flatMap(Resume::byItself);
  }

  private static Optional<String> byItself(String reason) {
    return switch (reason) {
      case "Expired" -> Optional.of("it has ended and its policy suspends it: give it a later end");
      case "Idle" -> Optional.of("its policy suspends it, since it was not in use for long");
      case "ReviewOverdue" ->
          Optional.of("its policy suspends it until somebody reviews it: credence review");
      default -> Optional.empty();
    };
  }
}
