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

  /// Annotations of a generated Secret: enough to carry on if every status were lost.
  String SECRET_VERSION = "credence.dev/version";

  String ISSUED_AT = "credence.dev/issued-at";
  String PREVIOUS_RETIRES_AT = "credence.dev/previous-retires-at";

  /// A digest of how the value was made, so that a changed `generate` is noticed. Holds nothing
  /// secret.
  String RECIPE = "credence.dev/recipe";

  /// On an identity or a generated Secret: rotate now, once for each new value.
  String ROTATE = "credence.dev/rotate";

  /// On a generated Secret: the values of [#ROTATE] of the identity and of the Secret that were
  /// acted upon.
  String ROTATED_FOR_IDENTITY = "credence.dev/rotated-for-identity";

  String ROTATED_FOR_SECRET = "credence.dev/rotated-for-secret";

  /// On a linked Secret: an end date for a value that we do not make.
  String EXPIRES_AT = "credence.dev/expires-at";

  String MANAGED_BY = "app.kubernetes.io/managed-by";

  /// The ending of the key under which the value before the current one stays readable.
  String PREVIOUS = ".previous";
}
