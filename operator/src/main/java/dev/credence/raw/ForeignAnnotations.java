// SPDX-License-Identifier: Apache-2.0
package dev.credence.raw;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Annotations and labels of other programs that are read.
public final class ForeignAnnotations {
  /// Of a Secret with a token: the ServiceAccount.
  public static final String ACCOUNT_OF_TOKEN = "kubernetes.io/service-account.name";

  /// Labels and annotations of a ServiceAccount that tell what it is for.
  public static final Set<String> SIGNALS =
      Set.of(
          "kagenti.io/type",
          "control-plane",
          "app.kubernetes.io/name",
          "app.kubernetes.io/part-of",
          "eks.amazonaws.com/role-arn",
          "iam.gke.io/gcp-service-account",
          "azure.workload.identity/client-id");

  /// The annotations of other tools that a cache keeps.
  public static final List<String> READ =
      Stream.concat(Stream.of(ACCOUNT_OF_TOKEN, ForeignManagers.CERT_MANAGER), SIGNALS.stream())
          .toList();

  private ForeignAnnotations() {}
}
