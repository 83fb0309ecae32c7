// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import dev.credence.api.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The labels and annotations of the API group: those that users write, and those by which the
/// operator identifies its objects.
public final class AnnotationReference {
  private record Key(String name, String on, String meaning) {}

  private static final List<Key> REQUESTS =
      List.of(
          new Key(
              Api.ROTATE,
              "identity, generated Secret",
              "Rotates all credentials, or this Secret, once for each new text, within the windows."),
          new Key(
              Api.ROTATE_NOW,
              "identity, generated Secret",
              "Rotates all credentials, or this Secret, once for each new text, also outside the"
                  + " windows."),
          new Key(
              Api.ROLLBACK,
              "generated Secret",
              "Restores the previous value as a new version, once for each new text. Works during the"
                  + " overlap."),
          new Key(
              Api.ABORT,
              "generated Secret",
              "Drops the pending value and its blocker, once for each new text. On `<secret>-pending`, the rotation begins again."),
          new Key(
              Api.REVOKE,
              "identity, generated Secret",
              "Emergency: revokes the current value, then issues a new one, without windows and"
                  + " overlap. Once for each new text."),
          new Key(Api.SUSPEND, "identity", "Suspends it while set. The text is the reason."),
          new Key(
              Api.COMPROMISED,
              "identity",
              "Suspends it with the reason Compromised while set, and revokes every credential. The"
                  + " text is the reason."),
          new Key(
              Api.APPROVE,
              "identity",
              "`<name> <scope>`: the user who approves, and the approved scope. Requires the RBAC"
                  + " verb `approve`."),
          new Key(
              Api.REVIEW,
              "identity",
              "`<name> <time>`: the user who confirms that it is still needed. Requires the RBAC"
                  + " verb `review`."));

  private static final List<Key> CONSENT =
      List.of(
          new Key(
              Api.OWNER + " " + Api.TEAM,
              "namespace",
              "The owner of identities in the namespace that have none."),
          new Key(
              Api.ADOPT,
              "Secret not managed by Credence",
              "Its owner hands it over to the identity with this name. The operator writes it on"
                  + " objects that it retains, so that a new identity can adopt them."),
          new Key(
              Api.EXPIRES_AT,
              "linked Secret",
              "The expiration of a value that Credence does not generate (RFC 3339). On a token"
                  + " Secret the operator writes the expiration that the API server granted."),
          new Key(
              Api.HOOK,
              "CronJob",
              "`\"true\"`: allows identities of the namespace to run it as a hook."));

  private static final List<Key> MARKS =
      List.of(
          new Key(
              Api.IDENTITY,
              "members, objects created for them; a label",
              "The identity to which it belongs."),
          new Key(Api.OWNER + " " + Api.TEAM, "members", "The owner and the team of the identity."),
          new Key(
              Api.DISCOVERED,
              "identity; a label",
              "The operator created it for an unclaimed ServiceAccount. It counts until a user adopts"
                  + " the identity."),
          new Key(
              Api.EVIDENCE,
              "ConfigMap; a label",
              "`audit`: contains evidence from audit events. The annotations that begin with it"
                  + " describe the evidence: first and last event, last write, the time up to which it"
                  + " is complete, and whether something did not fit."),
          new Key(
              Api.OBSERVED_NAMESPACE,
              "ConfigMap with evidence",
              "The namespace of the ServiceAccounts; empty on the ConfigMap about the log."),
          new Key(
              Api.SECRET_VERSION + " " + Api.ISSUED_AT,
              "generated Secret",
              "The version of the current value, and when it was issued."),
          new Key(
              Api.PREVIOUS_RETIRES_AT,
              "generated Secret",
              "When the operator removes the previous value, stored as `<key>.previous`."),
          new Key(
              Api.PREVIOUS_IS,
              "generated Secret",
              "The state of the previous value: `kept`, `gone` (deleted), or `ending` once its revoke"
                  + " hook may have started."),
          new Key(
              Api.LEFT_BEHIND,
              "generated Secret",
              "Pods created before this time use a value that is no longer valid. Removed when no"
                  + " such pod is left."),
          new Key(
              Api.EVICTED,
              "generated Secret",
              "The number of pods of each controller when the first was evicted for the current"
                  + " value. The operator evicts no other pod while there are fewer."),
          new Key(
              Api.RECIPE,
              "generated Secret",
              "Digests of `generate` or `token` to detect changes: of the generators, then of fixed"
                  + " texts and templates, then of each key. Contains no secret value."),
          new Key(
              Api.METADATA,
              "generated Secret",
              "The labels and annotations of `metadata` in the spec that the operator wrote, with"
                  + " digests of their values."),
          new Key(
              Api.KEYS,
              "generated Secret",
              "The keys of its data that Credence wrote. The operator changes no other key."),
          new Key(
              Api.WRITTEN,
              "objects created for the identity",
              "Digests of the label and annotations of this table as Credence wrote them. Values that"
                  + " differ were written by another writer."),
          new Key(
              Api.FIELDS,
              "Certificate of an identity with `issue`",
              "Digests of the fields of its spec that Credence wrote. A field with another value"
                  + " belongs to the writer that changed it, and the operator leaves it unchanged."),
          new Key(Api.ISSUED_KEYS, "pending Secret", "The keys that the hook `issue` writes."),
          new Key(
              Api.ISSUER_POD + " " + Api.ISSUER_JOB,
              "pending Secret",
              "The UID of the pod that may write these keys, and its Job."),
          new Key(
              Api.ISSUED_PROBE,
              "none; only in dry runs",
              "The operator asks whether the API server enforces issued.credence.dev."),
          new Key(
              Api.HOOK_RUNS,
              "generated Secret, pending Secret",
              "The progress of the hooks of its value: attempts and finished steps are kept when"
                  + " their Jobs are deleted."),
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
              "The requests that the operator handled, so that it repeats none if every status is"
                  + " lost."),
          new Key(
              Api.ABORTED_AT + " " + Api.ABORTED_RECIPE,
              "generated Secret",
              "When a rotation was aborted. The schedule of the next one starts there."),
          new Key(
              Api.ACCOUNT_UID,
              "token Secret",
              "The UID of its ServiceAccount. A re-created ServiceAccount makes the token invalid."),
          new Key(
              Api.CREDENTIAL_IDS,
              "token Secret",
              "The IDs of its last tokens in audit events, by version, and when each became invalid."),
          new Key(Api.HELD_BY, "retained object", "The UID of the identity that owns it."),
          new Key(
              Api.GIVEN,
              "object handed over to an identity",
              "The UID of the identity that adopted it first. The operator never deletes the object."),
          new Key(
              Api.PENDING_FOR + " " + Api.ANCHOR_FOR,
              "auxiliary Secret of a generated Secret",
              "The generated Secret. It holds its next value, or its token is bound to it."),
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
              "Its Secret, its step, the number of the attempt and the request. The UID identifies"
                  + " the Secret with the value."),
          new Key(
              Api.RESTARTED_FOR,
              "pod template",
              "`<secret>-v<N>`: the version for which its pods were restarted."),
          new Key(
              Api.SUSPENDED,
              "Secret with a token without expiration",
              "The UID of the identity for which the operator invalidated the token, and `unused` if"
                  + " the token was unused."),
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

    ## Requests

    Set these annotations with `kubectl annotate` or the command line ([cli.md](../cli.md)). The operator handles each request once and never removes
    the annotation, so there is no conflict with Git.

    %s
    ## Permissions

    %s
    ## Managed labels and annotations

    The operator identifies its objects by these. The admission policy `marks.credence.dev` denies writes by other users ([admission.md](../admission.md)).
    Without it, the operator trusts them only on objects that belong to the identity by an ownerReference or by `credence.dev/adopt`. All are annotations
    except two labels.

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
