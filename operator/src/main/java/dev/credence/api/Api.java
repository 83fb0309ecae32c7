// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

/// The names of the group, and the labels and annotations that users and operator write.
public interface Api {
  String GROUP = "credence.dev";
  String VERSION = "v1alpha1";

  /// Field manager and User-Agent of everything we write.
  String MANAGER = "credence";

  /// Label of a member: the identity it belongs to.
  String IDENTITY = "credence.dev/identity";

  /// Annotations of a member, kept equal to the identity's owner; on a namespace: the owner of
  /// identities that name none.
  String OWNER = "credence.dev/owner";

  String TEAM = "credence.dev/team";

  /// On an object that Credence created: digests of the label and annotations above, as Credence
  /// wrote them. The API server merges `managedFields` after ten managers.
  String WRITTEN = "credence.dev/written";

  /// Annotations of a generated Secret: enough to carry on if every status were lost.
  String SECRET_VERSION = "credence.dev/version";

  String ISSUED_AT = "credence.dev/issued-at";
  String PREVIOUS_RETIRES_AT = "credence.dev/previous-retires-at";

  /// On a generated Secret beside [#PREVIOUS_RETIRES_AT]: whether the value before is there as
  /// `<key>.previous` (`kept`), is not (`gone`), or is being ended by its hook (`ending`): then
  /// there is no way back to it.
  String PREVIOUS_IS = "credence.dev/previous";

  /// On a generated Secret: pods from before this time use a value that is valid no more. It stays
  /// until there are none.
  String LEFT_BEHIND = "credence.dev/left-behind";

  /// On a generated Secret: how many pods each controller had when the first of them was evicted,
  /// as `<uid>=<pods>/<from before>@<time>`.
  String EVICTED = "credence.dev/evicted";

  /// Digests of how the value and each of its keys were made, so that a changed `generate` is
  /// noticed. Holds nothing secret.
  String RECIPE = "credence.dev/recipe";

  /// On a generated Secret: the keys of its data that Credence wrote, `<key>.previous` included,
  /// with commas in between. Every other key is of somebody else.
  String KEYS = "credence.dev/keys";

  /// On a generated Secret: the labels and annotations of `metadata` in the spec that Credence
  /// wrote, each with a digest of its value. Every other one is of somebody else.
  String METADATA = "credence.dev/metadata";

  /// On a Certificate that Credence created or adopted: digests of the fields of its spec that
  /// Credence wrote.
  String FIELDS = "credence.dev/fields";

  /// On an identity or a generated Secret: rotate, once for each new value. Windows hold.
  String ROTATE = "credence.dev/rotate";

  /// The same outside the windows as well.
  String ROTATE_NOW = "credence.dev/rotate-now";

  /// On a generated Secret: the values of [#ROTATE] of the identity and of the Secret that were
  /// acted upon.
  String ROTATED_FOR_IDENTITY = "credence.dev/rotated-for-identity";

  String ROTATED_FOR_SECRET = "credence.dev/rotated-for-secret";

  /// The same of [#ROTATE_NOW], and of `rotationRequest` in the spec.
  String ROTATED_NOW_FOR_IDENTITY = "credence.dev/rotated-now-for-identity";

  String ROTATED_NOW_FOR_SECRET = "credence.dev/rotated-now-for-secret";
  String ROTATION_REQUEST_OF_IDENTITY = "credence.dev/rotation-request-of-identity";
  String ROTATION_REQUEST_OF_SECRET = "credence.dev/rotation-request-of-secret";

  /// On a generated Secret, once for each new value: take the previous value back, drop the pending
  /// one, end the current one at once (this one also on an identity).
  String ROLLBACK = "credence.dev/rollback";

  String ABORT = "credence.dev/abort";
  String REVOKE = "credence.dev/revoke";

  /// On a generated Secret: the values of [#ROLLBACK], [#ABORT] and [#REVOKE] that were acted upon.
  String ROLLED_BACK_FOR = "credence.dev/rolled-back-for";

  String ABORTED_FOR = "credence.dev/aborted-for";
  String REVOKED_FOR_IDENTITY = "credence.dev/revoked-for-identity";
  String REVOKED_FOR_SECRET = "credence.dev/revoked-for-secret";

  /// On a generated Secret: when a rotation was aborted, and the recipe that was not carried out
  /// then.
  String ABORTED_AT = "credence.dev/aborted-at";

  String ABORTED_RECIPE = "credence.dev/aborted-recipe";

  /// On a token Secret: the UID of the account whose token it is.
  String ACCOUNT_UID = "credence.dev/account-uid";

  /// On a foreign Secret: its holder lets the identity of this name have it. Written by us on what
  /// outlives its identity.
  String ADOPT = "credence.dev/adopt";

  /// The UID of the identity that has an object which does not go with it.
  String HELD_BY = "credence.dev/held-by";

  /// On an object that its holder gave to an identity: the UID of the one that took it first. It is
  /// given back, and never deleted.
  String GIVEN = "credence.dev/given";

  /// On Secrets and Jobs beside a generated Secret: the Secret they are for.
  String PENDING_FOR = "credence.dev/pending-for";

  String ANCHOR_FOR = "credence.dev/anchor-for";
  String HOOK_FOR = "credence.dev/hook-for";

  /// On a Job: what it does, the how many-th attempt it is, and the UID of the Secret that holds
  /// the value which it is about.
  String STEP = "credence.dev/step";

  String ATTEMPT = "credence.dev/attempt";

  /// On a Job: the generation of the identity that it was started for.
  String GENERATION = "credence.dev/generation";

  /// On a Job: a digest of the requests by annotation when it was started.
  String ASKED = "credence.dev/asked";

  String VALUE_UID = "credence.dev/value-uid";

  /// On the Secret that holds a value: how far its hooks are, as JSON. Jobs may be deleted by
  /// others at any time; the progress of a rotation is not lost with them.
  String HOOK_RUNS = "credence.dev/hook-runs";

  /// On a CronJob: its holder lets identities of the namespace run it as a hook.
  String HOOK = "credence.dev/hook";

  /// On a pod template: the version of a Secret for which its pods were restarted.
  String RESTARTED_FOR = "credence.dev/restarted-for";

  /// On a linked Secret: an end date for a value that we do not make. On a token Secret: the end
  /// that the API server granted.
  String EXPIRES_AT = "credence.dev/expires-at";

  /// On an identity: out of service while it is there, and why.
  String SUSPEND = "credence.dev/suspend";

  /// On an identity: suspended while it is there, and every credential is revoked. The text is the
  /// reason.
  String COMPROMISED = "credence.dev/compromised";

  /// On an identity: `<name> <scope>`, what somebody approves.
  String APPROVE = "credence.dev/approve";

  /// On an identity: `<name> <time>`, who confirms that it is still needed.
  String REVIEW = "credence.dev/review";

  /// On a Secret with a token: the UID of the identity for whose suspension [#INVALID_SINCE] was
  /// put there, or the UID and `unused` where that is why.
  String SUSPENDED = "credence.dev/suspended";

  /// On the Lease of the operator: the settings of the leader.
  String SETTINGS = "credence.dev/settings";

  /// Label of Kubernetes on a Secret with a token: the API server refuses the token (KEP-2799).
  String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";

  /// Label of an identity that we wrote for an account that nobody claimed; it counts until
  /// somebody adopts the identity.
  String DISCOVERED = "credence.dev/discovered";

  /// Label of Kubernetes on a Secret with a token: the day on which the token was last used
  /// (KEP-2799).
  String LAST_USED = "kubernetes.io/legacy-token-last-used";

  /// For those who look at a cluster. Rules of a cluster write it too, so that nothing is known by
  /// it.
  String MANAGED_BY = "app.kubernetes.io/managed-by";

  /// The ending of the key under which the value before the current one stays readable.
  String PREVIOUS = ".previous";
}
