// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.Optional;

/// The last requests by annotation that were acted upon: for a credential, those on its identity
/// and those on its Secret; in the status, one value for each kind of request ([#inStatus]).
public record Handled(
    Optional<String> identityRotate,
    Optional<String> identityRevoke,
    Optional<String> rotate,
    Optional<String> rollback,
    Optional<String> abort,
    Optional<String> revoke,
    Rotations rotations) {

  /// Those of `credence.dev/rotate-now` and of `rotationRequest` in the spec.
  public record Rotations(
      Optional<String> identityNow,
      Optional<String> identitySpec,
      Optional<String> now,
      Optional<String> spec) {
    public static final Rotations NONE =
        new Rotations(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private Rotations with(Requests onIdentity, Requests onSecret) {
      return new Rotations(
          onIdentity.rotateNow().flatMap(Request::asked).or(this::identityNow),
          onIdentity.rotationRequest().flatMap(Request::asked).or(this::identitySpec),
          onSecret.rotateNow().flatMap(Request::asked).or(this::now),
          onSecret.rotationRequest().flatMap(Request::asked).or(this::spec));
    }
  }

  /// Those of the other annotations alone.
  public Handled(
      Optional<String> identityRotate,
      Optional<String> identityRevoke,
      Optional<String> rotate,
      Optional<String> rollback,
      Optional<String> abort,
      Optional<String> revoke) {
    this(identityRotate, identityRevoke, rotate, rollback, abort, revoke, Rotations.NONE);
  }

  public static final Handled NONE =
      new Handled(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /// The status shows one value for each kind of request.
  public static Handled inStatus(
      Optional<String> rotate,
      Optional<String> rollback,
      Optional<String> abort,
      Optional<String> revoke,
      Optional<String> rotateNow,
      Optional<String> rotationRequest) {
    return new Handled(
        Optional.empty(),
        Optional.empty(),
        rotate,
        rollback,
        abort,
        revoke,
        new Rotations(Optional.empty(), Optional.empty(), rotateNow, rotationRequest));
  }

  public Handled inStatus() {
    return inStatus(
        rotate.or(this::identityRotate),
        rollback,
        abort,
        revoke.or(this::identityRevoke),
        rotations.now().or(rotations::identityNow),
        rotations.spec().or(rotations::identitySpec));
  }

  public Handled withRollback(Optional<String> value) {
    return new Handled(
        identityRotate, identityRevoke, rotate, value.or(this::rollback), abort, revoke, rotations);
  }

  public Handled withAbort(Optional<String> value) {
    return new Handled(
        identityRotate, identityRevoke, rotate, rollback, value.or(this::abort), revoke, rotations);
  }

  /// A new value answers every wish for one.
  public Handled withNewValue(Requests onIdentity, Requests onSecret) {
    return new Handled(
        onIdentity.rotate().flatMap(Request::asked).or(this::identityRotate),
        onIdentity.revoke().flatMap(Request::asked).or(this::identityRevoke),
        onSecret.rotate().flatMap(Request::asked).or(this::rotate),
        rollback,
        abort,
        onSecret.revoke().flatMap(Request::asked).or(this::revoke),
        rotations.with(onIdentity, onSecret));
  }
}
