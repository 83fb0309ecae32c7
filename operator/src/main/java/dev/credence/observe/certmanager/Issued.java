// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.certmanager;

import dev.credence.raw.NullSafe;
import io.fabric8.certmanager.api.model.v1.CertificateCondition;
import io.fabric8.certmanager.api.model.v1.CertificateStatus;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the status of a Certificate.
public final class Issued {
  /// The condition while cert-manager issues it, or is asked to.
  public static final String ISSUING = "Issuing";

  /// The number of issues, 0 where there was none.
  public static int revision(@Nullable CertificateStatus status) {
    return Optional.ofNullable(status).map(CertificateStatus::getRevision).orElse(0);
  }

  public static boolean isUnderWay(@Nullable CertificateStatus status) {
    return conditions(status)
        .anyMatch(
            condition ->
                ISSUING.equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  public static Stream<CertificateCondition> conditions(@Nullable CertificateStatus status) {
    return status == null ? Stream.empty() : NullSafe.in(status.getConditions());
  }

  private Issued() {}
}
