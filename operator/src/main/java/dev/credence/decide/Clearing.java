// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.decide.membership.Membership;
import dev.credence.decide.rotation.RotationCleanup;
import dev.credence.facts.Snapshot;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.object.ObjectRef;
import dev.credence.plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Deletes the objects of a rotation whose Secret the identity no longer lists: staged values and
/// Jobs of hooks. The anchor of a token stays as long as the Secret with the token.
final class Clearing {
  private static final String UNLISTED = "its Secret is no longer listed";

  static List<Action> of(Snapshot s) {
    var listed =
        s.identity().secrets().stream()
            .filter(wanted -> wanted.material().isPresent())
            .map(SecretWanted::name)
            .collect(Collectors.toSet());
    var actions = new ArrayList<Action>();
    for (var member : s.members()) {
      if (isUseless(s, listed, member)) {
        actions.add(new Action.Remove(member.subject(), member.object().preconditions(), UNLISTED));
      }
    }
    var jobs = s.jobs().stream().filter(job -> !listed.contains(job.secret())).toList();
    actions.addAll(RotationCleanup.removing(jobs, UNLISTED));
    return actions;
  }

  private static boolean isUseless(Snapshot s, Set<String> listed, Member member) {
    if (!(member instanceof StoredSecret secret)
        || secret.part().isEmpty()
        || secret.object().leaving()
        || !Membership.isOurs(s, secret.object())) {
      return false;
    }
    return switch (secret.part().get()) {
      case Part.Pending(var of, _) -> !listed.contains(of);
      case Part.Anchor(var of, _) ->
          !listed.contains(of) && s.member(ObjectRef.secret(of)).isEmpty();
    };
  }

  private Clearing() {}
}
