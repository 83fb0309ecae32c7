// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.audit.RbacObjects;
import dev.credence.client.Pages;
import dev.credence.decide.evidence.BindingUse;
import dev.credence.decide.evidence.BindingUse.Advice;
import dev.credence.decide.evidence.JudgedRight;
import dev.credence.decide.evidence.UsedRights;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Evidence;
import dev.credence.facts.evidence.EvidenceLimits;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.evidence.Networks;
import dev.credence.observe.audit.StoredEvidence;
import dev.credence.observe.audit.UnreadableEvidence;
import dev.credence.raw.NullSafe;
import dev.credence.report.Entry.Granting;
import dev.credence.report.Entry.Rights;
import dev.credence.report.PlainText;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Compares the permissions of the ServiceAccounts of identities with the audit events that the
/// cluster stores.
final class UsedPermissions {
  private final Log log;
  private final Map<String, AccountEvidence> evidence;
  private final RbacObjects granted;

  private UsedPermissions(Evidence evidence, RbacObjects granted) {
    this.log = evidence.log();
    this.evidence = evidence.accounts();
    this.granted = granted;
  }

  /// Empty where the cluster stores no audit events, or where they or the roles cannot be read;
  /// then one of `gaps` says why. `namespace`: that of the operator.
  static Optional<UsedPermissions> of(
      Connection connection, String namespace, Collection<String> gaps) {
    return evidence(connection, namespace, gaps)
        .flatMap(
            evidence ->
                read(
                        gaps,
                        "Roles and bindings could not be listed (no permission to list them in all namespaces).",
                        () -> RbacObjects.grantsOf(connection))
                    .map(granted -> new UsedPermissions(evidence, granted)));
  }

  private static Optional<Evidence> evidence(
      Connection connection, String namespace, Collection<String> gaps) {
    var maps = new ArrayList<ConfigMap>();
    read(
        gaps,
        "Stored audit events could not be read (no permission to list configmaps in namespace "
            + namespace
            + ").",
        () -> {
          Pages.of(connection.client(), ConfigMap.class, Optional.of(namespace))
              .with(
                  Optional.of(StoredEvidence.LABEL + "=" + StoredEvidence.LABEL_VALUE),
                  Optional.empty())
              .forEach(maps::add);
          return maps;
        });
    var evidence = new Evidence(EvidenceLimits.DEFAULT, Networks.NONE);
    for (var map : maps) {
      try {
        evidence.addAll(StoredEvidence.read(map));
      } catch (UnreadableEvidence wrong) {
        gaps.add(PlainText.text(String.valueOf(wrong.getMessage())));
      }
    }
    return maps.isEmpty() ? Optional.empty() : Optional.of(evidence);
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> Optional<T> read(Collection<String> gaps, String problem, Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (KubernetesClientException answer) {
      if (!ApiErrors.isForbidden(answer)) {
        throw answer;
      }
      gaps.add(problem + " The report does not compare permissions with their use.");
      return Optional.empty();
    }
  }

  /// `accounts`: those of the cluster, as far as they were read.
  Rights of(MachineIdentity identity, List<HasMetadata> accounts) {
    var used = 0L;
    var unused = 0L;
    var unknown = 0L;
    var bindings = new ArrayList<Granting>();
    for (var account : names(identity, accounts)) {
      var namespace = identity.getMetadata().getNamespace();
      var rights =
          new UsedRights(log, Optional.empty())
              .of(
                  Optional.ofNullable(evidence.get(namespace + "/" + account)),
                  granted.grants(namespace, account, log));
      used += rights.stream().filter(JudgedRight::isUsed).count();
      unused += rights.stream().filter(JudgedRight::isUnused).count();
      unknown += rights.stream().filter(right -> !right.isUsed() && !right.isUnused()).count();
      BindingUse.of(rights).stream()
          .filter(use -> use.advice() == Advice.Remove || use.advice() == Advice.Reduce)
          .map(use -> granting(account, use))
          .forEach(bindings::add);
    }
    return new Rights(log.from(), used, unused, unknown, bindings);
  }

  private static Granting granting(String account, BindingUse use) {
    return new Granting(
        account, use.via(), use.advice().name(), use.used(), use.unused(), use.unknown());
  }

  /// Those that the spec lists, and those with the label of the identity.
  private static Set<String> names(MachineIdentity identity, List<HasMetadata> accounts) {
    var names = new TreeSet<String>();
    if (identity.getSpec() != null) {
      NullSafe.in(identity.getSpec().serviceAccounts())
          .filter(account -> account.name() != null)
          .forEach(account -> names.add(account.name()));
    }
    accounts.stream()
        .map(HasMetadata::getMetadata)
        .filter(meta -> identity.getMetadata().getNamespace().equals(meta.getNamespace()))
        .filter(
            meta ->
                meta.getLabels() != null
                    && identity.getMetadata().getName().equals(meta.getLabels().get(Api.IDENTITY)))
        .forEach(meta -> names.add(meta.getName()));
    return names;
  }
}
