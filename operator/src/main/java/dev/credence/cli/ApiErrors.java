// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Optional;

/// An answer of the API server that is not the wanted one, in one line for who asked.
public final class ApiErrors {

  public static boolean isForbidden(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
  }

  public static boolean isConflict(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /// `server`: its address.
  static String sentence(KubernetesClientException answer, String server) {
    var reported =
        Optional.ofNullable(answer.getStatus()).map(Status::getMessage).map(PlainText::text);
    return switch (answer.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          "The API server at "
              + server
              + " rejected your credentials (401). Check whether they have expired.";
      case HttpURLConnection.HTTP_NOT_FOUND ->
          reported
              .filter(_ -> isAboutAnObject(answer))
              .orElse(
                  "The API server at "
                      + server
                      + " does not know MachineIdentities. Check whether Credence is installed in this cluster.");
      case -1, 0 ->
          "The API server at "
              + server
              + " does not answer ("
              + cause(answer)
              + "). Select the cluster with KUBECONFIG, --kubeconfig or --context.";
      default ->
          reported.orElse("The API server at " + server + " answered " + answer.getCode() + ".");
    };
  }

  /// One object does not exist; else the API server does not know the kind.
  private static boolean isAboutAnObject(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getDetails)
        .map(StatusDetails::getName)
        .filter(name -> !name.isBlank())
        .isPresent();
  }

  /// The message of the first cause.
  static String cause(Throwable problem) {
    var deepest = problem;
    var reported = "no connection";
    while (deepest != null) {
      if (deepest instanceof IOException && deepest.getMessage() != null) {
        reported = PlainText.text(deepest.getMessage());
      }
      deepest = deepest.getCause();
    }
    return reported;
  }

  private ApiErrors() {}
}
