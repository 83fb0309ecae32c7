// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

/// The names of the API group, and the labels and annotations that users and the operator write.
public interface Api {
  String GROUP = "credence.dev";
  String VERSION = "v1alpha1";

  /// Field manager and User-Agent of all writes of the operator.
  String MANAGER = "credence";

  /// Label of a member: the identity it belongs to.
  String IDENTITY = "credence.dev/identity";

  /// Annotations of a member, kept equal to the identity's owner. On a namespace: the owner of
  /// identities that have none.
  String OWNER = "credence.dev/owner";

  String TEAM = "credence.dev/team";

  /// On an object that Credence created: digests of the label and annotations above, as Credence
  /// wrote them. The API server merges `managedFields` after ten managers.
  String WRITTEN = "credence.dev/written";

  /// Annotations of a generated Secret: the operator can resume from them if every status is lost.
  String SECRET_VERSION = "credence.dev/version";

  String ISSUED_AT = "credence.dev/issued-at";
  String PREVIOUS_RETIRES_AT = "credence.dev/previous-retires-at";

  /// On a generated Secret, in addition to [#PREVIOUS_RETIRES_AT]: whether the previous value is
  /// stored as `<key>.previous` (`kept`), is deleted (`gone`), or is being revoked by its hook
  /// (`ending`), so that a rollback to it is no longer possible.
  String PREVIOUS_IS = "credence.dev/previous";

  /// On a generated Secret: pods created before this time use a value that is no longer valid. The
  /// operator removes the annotation when no such pod is left.
  String LEFT_BEHIND = "credence.dev/left-behind";

  /// On a generated Secret: the number of pods of each controller when the first of them was
  /// evicted, as `<uid>=<pods>/<from before>@<time>`.
  String EVICTED = "credence.dev/evicted";

  /// Digests of the generator spec of the value and of each key, to detect a changed `generate`.
  /// Contains no secret value.
  String RECIPE = "credence.dev/recipe";

  /// On a generated Secret: the keys of its data that Credence wrote, `<key>.previous` included,
  /// separated by commas. All other keys are not managed by Credence.
  String KEYS = "credence.dev/keys";

  /// On a generated Secret: the labels and annotations of `metadata` in the spec that Credence
  /// wrote, each with a digest of its value. All others are not managed by Credence.
  String METADATA = "credence.dev/metadata";

  /// On a Certificate that Credence created or adopted: digests of the fields of its spec that
  /// Credence wrote.
  String FIELDS = "credence.dev/fields";

  /// On an identity or a generated Secret: rotate once for each new value, within the windows.
  String ROTATE = "credence.dev/rotate";

  /// The same request, also outside the windows.
  String ROTATE_NOW = "credence.dev/rotate-now";

  /// On a generated Secret: the values of [#ROTATE] of the identity and of the Secret that the
  /// operator handled.
  String ROTATED_FOR_IDENTITY = "credence.dev/rotated-for-identity";

  String ROTATED_FOR_SECRET = "credence.dev/rotated-for-secret";

  /// The handled values of [#ROTATE_NOW], and of `rotationRequest` in the spec.
  String ROTATED_NOW_FOR_IDENTITY = "credence.dev/rotated-now-for-identity";

  String ROTATED_NOW_FOR_SECRET = "credence.dev/rotated-now-for-secret";
  String ROTATION_REQUEST_OF_IDENTITY = "credence.dev/rotation-request-of-identity";
  String ROTATION_REQUEST_OF_SECRET = "credence.dev/rotation-request-of-secret";

  /// Requests on a generated Secret, each handled once for each new value: restore the previous
  /// value, drop the pending value, or revoke the current value at once (also on an identity).
  String ROLLBACK = "credence.dev/rollback";

  String ABORT = "credence.dev/abort";
  String REVOKE = "credence.dev/revoke";

  /// On a generated Secret: the handled values of [#ROLLBACK], [#ABORT] and [#REVOKE].
  String ROLLED_BACK_FOR = "credence.dev/rolled-back-for";

  String ABORTED_FOR = "credence.dev/aborted-for";
  String REVOKED_FOR_IDENTITY = "credence.dev/revoked-for-identity";
  String REVOKED_FOR_SECRET = "credence.dev/revoked-for-secret";

  /// On a generated Secret: when a rotation was aborted, and the digest of the generator spec that
  /// it would have applied.
  String ABORTED_AT = "credence.dev/aborted-at";

  String ABORTED_RECIPE = "credence.dev/aborted-recipe";

  /// On a token Secret: the UID of the ServiceAccount of the token.
  String ACCOUNT_UID = "credence.dev/account-uid";

  /// On a token Secret: the IDs of its last tokens in audit events, by version.
  String CREDENTIAL_IDS = "credence.dev/credential-ids";

  /// On a Secret not managed by Credence: its owner hands it over to the identity with this name.
  /// The operator writes it on objects that it retains when their identity is deleted.
  String ADOPT = "credence.dev/adopt";

  /// The UID of the identity that owns an object which remains when the identity is deleted.
  String HELD_BY = "credence.dev/held-by";

  /// On an object that its owner handed over to an identity: the UID of the identity that adopted
  /// it first. The operator releases the object to its owner and never deletes it.
  String GIVEN = "credence.dev/given";

  /// On auxiliary Secrets and Jobs of a generated Secret: the name of that Secret.
  String PENDING_FOR = "credence.dev/pending-for";

  String ANCHOR_FOR = "credence.dev/anchor-for";
  String HOOK_FOR = "credence.dev/hook-for";

  /// On a Job: its step, the number of its attempt, and the UID of the Secret that holds the value
  /// for which it runs.
  String STEP = "credence.dev/step";

  String ATTEMPT = "credence.dev/attempt";

  /// On a Job: the generation of the identity for which it was started.
  String GENERATION = "credence.dev/generation";

  /// On a Job: a digest of the annotation requests at its start.
  String ASKED = "credence.dev/asked";

  String VALUE_UID = "credence.dev/value-uid";

  /// On the Secret that holds a value: the progress of its hooks as JSON. Users and controllers may
  /// delete Jobs at any time; the operator does not lose the progress of the rotation with them.
  String HOOK_RUNS = "credence.dev/hook-runs";

  /// On a pending Secret: the keys that the hook `issue` writes, separated by commas.
  String ISSUED_KEYS = "credence.dev/issued-keys";

  /// On the same Secret: the UID of the pod that may write these keys, and the name of its Job. The
  /// admission policy issued.credence.dev admits no other writer.
  String ISSUER_POD = "credence.dev/issuer-pod";

  String ISSUER_JOB = "credence.dev/issuer-job";

  /// Only in dry runs: the operator asks whether the API server enforces issued.credence.dev, which
  /// rejects this annotation.
  String ISSUED_PROBE = "credence.dev/issued-probe";

  /// On a CronJob: its owner allows identities of the namespace to run it as a hook.
  String HOOK = "credence.dev/hook";

  /// On a pod template: the version of a Secret for which its pods were restarted.
  String RESTARTED_FOR = "credence.dev/restarted-for";

  /// On a linked Secret: the expiration date of a value that the operator does not generate. On a
  /// token Secret: the expiration that the API server granted.
  String EXPIRES_AT = "credence.dev/expires-at";

  /// On an identity: suspended while the annotation is set. The text is the reason.
  String SUSPEND = "credence.dev/suspend";

  /// On an identity: suspended while the annotation is set, and every credential is revoked. The
  /// text is the reason.
  String COMPROMISED = "credence.dev/compromised";

  /// On an identity: `<name> <scope>`, the user who approves and the approved scope.
  String APPROVE = "credence.dev/approve";

  /// On an identity: `<name> <time>`, the user who confirms that it is still needed.
  String REVIEW = "credence.dev/review";

  /// On a Secret with a token: the UID of the identity for whose suspension the operator set
  /// [#INVALID_SINCE], or the UID and `unused` if the operator invalidated an unused token.
  String SUSPENDED = "credence.dev/suspended";

  /// On the Lease of the operator: the settings of the leader.
  String SETTINGS = "credence.dev/settings";

  /// Label of Kubernetes on a Secret with a token: the API server rejects the token (KEP-2799).
  String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";

  /// Label of an identity that the operator created for an unclaimed ServiceAccount. It counts
  /// until a user adopts the identity.
  String DISCOVERED = "credence.dev/discovered";

  /// Label of Kubernetes on a Secret with a token: the day on which the token was last used
  /// (KEP-2799).
  String LAST_USED = "kubernetes.io/legacy-token-last-used";

  /// Label of a ConfigMap with evidence from audit events, and the beginning of its annotations.
  String EVIDENCE = "credence.dev/evidence";

  /// On such a ConfigMap: the namespace of the ServiceAccounts; empty where it is about the log.
  String OBSERVED_NAMESPACE = "credence.dev/observed-namespace";

  /// Information for cluster administrators. Other tools write it too, so the operator does not
  /// identify its objects by this label.
  String MANAGED_BY = "app.kubernetes.io/managed-by";

  /// The suffix of the key under which the previous value stays readable.
  String PREVIOUS = ".previous";
}
