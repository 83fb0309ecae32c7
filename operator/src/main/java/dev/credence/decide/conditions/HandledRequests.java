// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.conditions;

import dev.credence.decide.rotation.CredentialPlan;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Finds the requests by annotation that were acted upon, with the actions of this reconcile: the
/// last one on the identity that every credential answered; where there is none, one on a Secret.
///
/// A generated Secret counts even where it has answered nothing yet; a linked credential has to
/// answer only where it can, as a Certificate does.
public record HandledRequests(
    Requests onIdentity, List<CredentialPlan> generated, List<CredentialPlan> watched) {

  public Handled handled() {
    return Handled.inStatus(
        byAll(onIdentity.rotate(), Handled::identityRotate).or(() -> byAny(Handled::rotate)),
        byAny(Handled::rollback),
        byAny(Handled::abort),
        byAll(onIdentity.revoke(), Handled::identityRevoke).or(() -> byAny(Handled::revoke)),
        byAll(onIdentity.rotateNow(), handled -> handled.rotations().identityNow())
            .or(() -> byAny(handled -> handled.rotations().now())),
        byAll(onIdentity.rotationRequest(), handled -> handled.rotations().identitySpec())
            .or(() -> byAny(handled -> handled.rotations().spec())));
  }

  /// One that answered another request than this, or none, is still behind.
  private Optional<String> byAll(
      Optional<Request> request, Function<Handled, Optional<String>> answer) {
    var asked = request.flatMap(Request::asked);
    return answers()
        .map(answer)
        .filter(answered -> !answered.equals(asked))
        .findFirst()
        .orElse(asked);
  }

  private Optional<String> byAny(Function<Handled, Optional<String>> answer) {
    return answers().flatMap(one -> answer.apply(one).stream()).findFirst();
  }

  private Stream<Handled> answers() {
    return Stream.concat(
        generated.stream().map(plan -> plan.handled().orElse(Handled.NONE)),
        watched.stream().flatMap(plan -> plan.handled().stream()));
  }
}
