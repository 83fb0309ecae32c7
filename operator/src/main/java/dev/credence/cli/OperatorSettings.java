// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import dev.credence.api.Api;
import dev.credence.settings.EffectiveSettings;
import dev.credence.settings.Settings;
import dev.credence.settings.Version;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The settings by which the running operator decides, and whose they are. The operator publishes
/// them on its Lease; where that cannot be read, the environment of the command is used.
///
/// @param about lines for the user: which operator, or why it is not known
public record OperatorSettings(Settings settings, List<String> about) {
  public OperatorSettings {
    about = List.copyOf(about);
  }

  /// `namespace`: of the identity.
  public static OperatorSettings of(Connection connection, String namespace) {
    return of(connection, namespace, KubeOptions.settings(), System.getenv());
  }

  static OperatorSettings of(
      Connection connection, String namespace, Settings own, Map<String, String> environment) {
    var lease = own.namespace() + "/" + EffectiveSettings.LEASE;
    try {
      var text =
          Optional.ofNullable(
                  connection
                      .client()
                      .leases()
                      .inNamespace(own.namespace())
                      .withName(EffectiveSettings.LEASE)
                      .get())
              .flatMap(OperatorSettings::published);
      return text.isEmpty()
          ? assumed(own, "No operator has published its settings on Lease " + lease + ".")
          : read(text.get(), lease, namespace, environment);
    } catch (KubernetesClientException answer) {
      return assumed(
          own,
          "Lease %s cannot be read: %s"
              .formatted(lease, ApiErrors.sentence(answer, connection.server())));
    } catch (IllegalArgumentException unreadable) {
      return assumed(own, "The settings on Lease " + lease + " cannot be read.");
    }
  }

  private static Optional<String> published(Lease lease) {
    return Optional.ofNullable(lease.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(Api.SETTINGS));
  }

  private static OperatorSettings read(
      String text, String lease, String namespace, Map<String, String> environment) {
    var settings = EffectiveSettings.settings(text, environment);
    var version = EffectiveSettings.version(text).orElse("unknown");
    var lines = new ArrayList<String>();
    lines.add(
        "Namespace %s, version %s, tier %s; settings from Lease %s."
            .formatted(settings.namespace(), version, settings.tier(), lease));
    var watched = settings.watchNamespaces();
    if (!watched.isEmpty() && !watched.contains(namespace)) {
      lines.add("It does not watch namespace " + namespace + ", so it decides nothing here.");
    }
    if (!version.equals(Version.current())) {
      lines.add("This command has version " + Version.current() + " and may decide differently.");
    }
    return new OperatorSettings(settings, lines);
  }

  private static OperatorSettings assumed(Settings own, String why) {
    return new OperatorSettings(
        own,
        List.of(
            why,
            "This decision uses the CREDENCE_ variables of your environment, tier "
                + own.tier()
                + "."));
  }
}
