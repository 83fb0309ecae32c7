// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import dev.credence.api.Api;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.plan.Action.VersionInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Annotations of a generated Secret about its value.
public final class VersionAnnotations {

  /// The annotations that a Secret or a Certificate loses when it is released.
  public static final List<String> ALL =
      List.of(
          Api.SECRET_VERSION,
          Api.ISSUED_AT,
          Api.PREVIOUS_RETIRES_AT,
          Api.PREVIOUS_IS,
          Api.EVICTED,
          Api.LEFT_BEHIND,
          Api.RECIPE,
          Api.KEYS,
          Api.METADATA,
          Api.FIELDS,
          Api.HOOK_RUNS,
          Api.ACCOUNT_UID,
          Api.CREDENTIAL_IDS,
          Api.ROTATED_FOR_IDENTITY,
          Api.REVOKED_FOR_IDENTITY,
          Api.ROTATED_FOR_SECRET,
          Api.ROLLED_BACK_FOR,
          Api.ABORTED_FOR,
          Api.REVOKED_FOR_SECRET,
          Api.ROTATED_NOW_FOR_IDENTITY,
          Api.ROTATED_NOW_FOR_SECRET,
          Api.ROTATION_REQUEST_OF_IDENTITY,
          Api.ROTATION_REQUEST_OF_SECRET,
          Api.ABORTED_AT,
          Api.ABORTED_RECIPE);

  public static Map<String, String> of(VersionInfo versionInfo) {
    var annotations = of(versionInfo.handled());
    annotations.put(Api.SECRET_VERSION, String.valueOf(versionInfo.version()));
    annotations.put(Api.ISSUED_AT, versionInfo.issuedAt().toString());
    annotations.put(Api.RECIPE, versionInfo.generatorSpec());
    put(annotations, Api.PREVIOUS_RETIRES_AT, versionInfo.previousRetiresAt().map(String::valueOf));
    put(
        annotations,
        Api.PREVIOUS_IS,
        versionInfo
            .previousRetiresAt()
            .map(until -> versionInfo.keepsPrevious() ? "kept" : "gone"));
    put(annotations, Api.ACCOUNT_UID, versionInfo.account());
    put(annotations, Api.LEFT_BEHIND, versionInfo.leftBefore().map(String::valueOf));
    return annotations;
  }

  public static Map<String, String> of(Handled handled) {
    var annotations = new HashMap<String, String>();
    put(annotations, Api.ROTATED_FOR_IDENTITY, handled.identityRotate());
    put(annotations, Api.REVOKED_FOR_IDENTITY, handled.identityRevoke());
    put(annotations, Api.ROTATED_FOR_SECRET, handled.rotate());
    put(annotations, Api.ROLLED_BACK_FOR, handled.rollback());
    put(annotations, Api.ABORTED_FOR, handled.abort());
    put(annotations, Api.REVOKED_FOR_SECRET, handled.revoke());
    var rotations = handled.rotations();
    put(annotations, Api.ROTATED_NOW_FOR_IDENTITY, rotations.identityNow());
    put(annotations, Api.ROTATION_REQUEST_OF_IDENTITY, rotations.identitySpec());
    put(annotations, Api.ROTATED_NOW_FOR_SECRET, rotations.now());
    put(annotations, Api.ROTATION_REQUEST_OF_SECRET, rotations.spec());
    return annotations;
  }

  public static Map<String, String> of(Handled handled, Optional<Aborted> aborted) {
    var annotations = of(handled);
    put(annotations, Api.ABORTED_AT, aborted.map(stopped -> stopped.at().toString()));
    put(annotations, Api.ABORTED_RECIPE, aborted.map(Aborted::generatorSpec));
    return annotations;
  }

  private static void put(Map<String, String> annotations, String key, Optional<String> value) {
    value.ifPresent(text -> annotations.put(key, text));
  }

  private VersionAnnotations() {}
}
