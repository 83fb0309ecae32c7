// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.request;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentityStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.Command;

/// Says in one's own name that an identity is still needed.
@Command(
    name = "review",
    mixinStandardHelpOptions = true,
    header = "Confirm that an identity is still needed, in your own name.",
    description = {
      "",
      "Check it first with credence explain. Requires the RBAC verb `review` on machineidentities."
    },
    footer = {"%nExample:", "  credence review crm -n sales"})
public final class Review extends AnnotationCommand {

  @Override
  Optional<AnnotationRequest> request(Asked asked) {
    var user = asked.connection().user();
    var time = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return Optional.of(
        AnnotationRequest.on(
            Api.REVIEW,
            user + " " + time,
            "Reviewed by " + user + " at " + time + "." + due(asked),
            status ->
                status.review() != null
                    && status.review().reviewTime() != null
                    && !status.review().reviewTime().isBefore(time)));
  }

  private static String due(Asked asked) {
    return asked
        .status()
        .map(MachineIdentityStatus::review)
        .flatMap(review -> Optional.ofNullable(review.dueTime()))
        .map(due -> " The review was due at " + due + ".")
        .orElse(" No policy requires a review.");
  }
}
