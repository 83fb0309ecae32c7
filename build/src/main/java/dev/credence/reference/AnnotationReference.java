// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.api.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The labels and annotations of the group: what people write, and what the operator knows its own
/// work by.
public final class AnnotationReference {
  private record Key(String name, String on, String meaning) {}

  private static final List<Key> REQUESTS =
      List.of(
          new Key(
              Api.ROTATE,
              "identity, generated Secret",
              "Rotates all credentials, or this Secret, once for each new text. Windows hold."),
          new Key(
              Api.ROTATE_NOW,
              "identity, generated Secret",
              "Rotates all credentials, or this Secret, once for each new text, outside the windows"
                  + " as well."),
          new Key(
              Api.ROLLBACK,
              "generated Secret",
              "While the previous value is there: it becomes the current one again, as a new"
                  + " version. Once for each new text."),
          new Key(
              Api.ABORT,
              "generated Secret",
              "Drops the pending value and what blocked it. Once for each new text."),
          new Key(
              Api.REVOKE,
              "identity, generated Secret",
              "An emergency: no window, no overlap, the old value is ended first. Once for each new"
                  + " text."),
          new Key(Api.SUSPEND, "identity", "Suspended while it is there. The text is the reason."),
          new Key(
              Api.COMPROMISED,
              "identity",
              "Suspended with the reason Compromised while it is there, and every credential is"
                  + " revoked. The text is the reason."),
          new Key(
              Api.APPROVE,
              "identity",
              "`<name> <scope>`: who approves what is asked for. Takes the RBAC verb `approve`."),
          new Key(
              Api.REVIEW,
              "identity",
              "`<name> <time>`: who confirms that it is still needed. Takes the RBAC verb"
                  + " `review`."));

  private static final List<Key> CONSENT =
      List.of(
          new Key(
              Api.OWNER + " " + Api.TEAM,
              "namespace",
              "Who answers for identities of it that name nobody."),
          new Key(
              Api.ADOPT,
              "Secret of others",
              "Its holder lets the identity of this name have it. On what outlives its identity the"
                  + " operator writes it, so that it can be taken back."),
          new Key(
              Api.EXPIRES_AT,
              "linked Secret",
              "When a value ends that Credence does not make (RFC 3339). On a token Secret the"
                  + " operator writes the end that the API server granted."),
          new Key(
              Api.HOOK,
              "CronJob",
              "`\"true\"`: identities of the namespace may run it as a hook."));

  private static final List<Key> MARKS =
      List.of(
          new Key(
              Api.IDENTITY,
              "members, what is made for them; a label",
              "The identity it belongs to."),
          new Key(
              Api.OWNER + " " + Api.TEAM, "members", "Who answers for it, as the identity says."),
          new Key(
              Api.DISCOVERED,
              "identity; a label",
              "It was written for an account that nobody claimed, and counts until somebody adopts"
                  + " it."),
          new Key(
              Api.SECRET_VERSION + " " + Api.ISSUED_AT,
              "generated Secret",
              "How many values there were, and since when this one is there."),
          new Key(
              Api.PREVIOUS_RETIRES_AT,
              "generated Secret",
              "Until when the value before is kept as `<key>.previous`."),
          new Key(
              Api.PREVIOUS_IS,
              "generated Secret",
              "What there is of the value before: `kept`, `gone`, or `ending` once its revoke hook"
                  + " may have begun."),
          new Key(
              Api.LEFT_BEHIND,
              "generated Secret",
              "Pods from before this time use a value that is no longer valid. Removed when there"
                  + " are none."),
          new Key(
              Api.EVICTED,
              "generated Secret",
              "How many pods each controller had when the first was evicted for the current value,"
                  + " so that no next one is evicted while there are fewer."),
          new Key(
              Api.RECIPE,
              "generated Secret",
              "Digests of `generate` or `token`, so that a change is noticed: of the generators,"
                  + " then of fixed texts and templates, then of each key. Contains no secret"
                  + " value."),
          new Key(
              Api.METADATA,
              "generated Secret",
              "The labels and annotations of `metadata` in the spec that the operator wrote, with"
                  + " digests of their values."),
          new Key(
              Api.KEYS,
              "generated Secret",
              "The keys of its data that Credence wrote. No other key is changed, whatever its name"
                  + " is."),
          new Key(
              Api.WRITTEN,
              "what is made for the identity",
              "Digests of the label and annotations of this table as Credence wrote them: what"
                  + " differs is of somebody else."),
          new Key(
              Api.FIELDS,
              "Certificate of an identity with `issue`",
              "Digests of the fields of its spec that Credence wrote: a field with another value"
                  + " belongs to the writer who changed it, and is left."),
          new Key(
              Api.HOOK_RUNS,
              "generated Secret, pending Secret",
              "How far the hooks of its value are, so that attempts and finished steps outlive"
                  + " their Jobs."),
          new Key(
              String.join(
                  " ",
                  Api.ROTATED_FOR_IDENTITY,
                  Api.ROTATED_FOR_SECRET,
                  Api.ROLLED_BACK_FOR,
                  Api.ABORTED_FOR,
                  Api.REVOKED_FOR_IDENTITY,
                  Api.REVOKED_FOR_SECRET,
                  Api.ROTATED_NOW_FOR_IDENTITY,
                  Api.ROTATED_NOW_FOR_SECRET,
                  Api.ROTATION_REQUEST_OF_IDENTITY,
                  Api.ROTATION_REQUEST_OF_SECRET),
              "generated Secret",
              "The requests that were acted upon, so that none is repeated when every status is"
                  + " lost."),
          new Key(
              Api.ABORTED_AT + " " + Api.ABORTED_RECIPE,
              "generated Secret",
              "The rotation that was stopped; the next one on schedule is counted from there."),
          new Key(
              Api.ACCOUNT_UID,
              "token Secret",
              "Whose token it is: an account that was created anew has ended it."),
          new Key(
              Api.HELD_BY, "what outlives its identity", "The UID of the identity that has it."),
          new Key(
              Api.GIVEN,
              "what its holder gave to an identity",
              "The UID of the identity that took it first. It is given back, and never deleted."),
          new Key(
              Api.PENDING_FOR + " " + Api.ANCHOR_FOR,
              "Secrets beside a generated one",
              "The Secret that they are for: its next value, or what its token is bound to."),
          new Key(
              String.join(
                  " ",
                  Api.HOOK_FOR,
                  Api.STEP,
                  Api.ATTEMPT,
                  Api.GENERATION,
                  Api.ASKED,
                  Api.VALUE_UID),
              "Job of a hook",
              "What it does, for which Secret, for the how many-th time, on whose request; the UID"
                  + " ties it to the very value."),
          new Key(
              Api.RESTARTED_FOR,
              "pod template",
              "`<secret>-v<N>`: why its pods were started anew."),
          new Key(
              Api.SUSPENDED,
              "Secret with a token that does not end",
              "The UID of the identity for which the token was made invalid, and `unused` where"
                  + " that is why."),
          new Key(
              Api.SETTINGS,
              "Lease `credence` of the operator",
              "The settings of the leader that its decisions depend on, for `credence explain`."
                  + " Contains no secrets."),
          new Key(
              "credence.dev/requested-by",
              "identity",
              "All users who changed the spec since it was last approved, written by the API server"
                  + " (`requester.credence.dev`)."));

  /// Every key of the tables.
  public static Set<String> keys() {
    var keys = new TreeSet<String>();
    for (var table : List.of(REQUESTS, CONSENT, MARKS)) {
      table.forEach(key -> keys.addAll(List.of(key.name().split(" "))));
    }
    return keys;
  }

  static String markdown() {
    return """
    <!-- Written by `make generate`. -->
    # Labels and annotations

    ## What you ask for

    `kubectl annotate`, or the command line ([cli.md](../cli.md)). A request that was acted upon may stay: it is not repeated. What you write is never
    taken away by the operator, so that Git and it do not argue.

    %s
    ## What you allow

    %s
    ## What the operator writes

    It knows its own work by these. `marks.credence.dev` keeps others from writing them ([admission.md](../admission.md)); without it they are believed
    only on what an ownerReference, or `credence.dev/adopt`, gives to the identity. All are annotations but for two labels.

    %s\
    """
        .formatted(table(REQUESTS), table(CONSENT), table(MARKS));
  }

  private static Table table(List<Key> keys) {
    var table = new Table("Key", "On", "Meaning");
    for (var key : keys) {
      var names = new ArrayList<String>();
      for (var name : key.name().split(" ")) {
        names.add("`" + name + "`");
      }
      table.row(String.join(", ", names), key.on(), key.meaning());
    }
    return table;
  }

  private AnnotationReference() {}
}
