// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentityStatus.LifeState;
import dev.credence.api.MachineIdentityStatus.SuspensionStatus;
import dev.credence.decide.evidence.BindingUse;
import dev.credence.decide.evidence.JudgedRight;
import dev.credence.decide.evidence.OddBehaviour;
import dev.credence.decide.evidence.OddBehaviour.Standing;
import dev.credence.decide.evidence.UsedRights;
import dev.credence.facts.evidence.AccountEvidence;
import dev.credence.facts.evidence.Evidence;
import dev.credence.raw.NullSafe;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Compares the evidence about each ServiceAccount with what it is granted and with its
/// identity.
final class Comparison {
  private final SortedMap<String, AccountEvidence> evidence;
  private final Evidence all;
  private final Optional<RbacObjects> objects;
  private final UsedRights usedRights;
  private final OddBehaviour oddBehaviour;
  private final Map<String, MachineIdentity> identities = new HashMap<>();

  Comparison(
      Evidence all,
      Optional<RbacObjects> objects,
      UsedRights usedRights,
      OddBehaviour oddBehaviour) {
    this.evidence = all.accounts();
    this.all = all;
    this.objects = objects;
    this.usedRights = usedRights;
    this.oddBehaviour = oddBehaviour;
    objects.stream()
        .flatMap(known -> known.identities().stream())
        .forEach(
            identity ->
                accounts(identity).forEach(account -> identities.putIfAbsent(account, identity)));
  }

  private static List<String> accounts(MachineIdentity identity) {
    var namespace = identity.getMetadata().getNamespace();
    return identity.getSpec() == null
        ? List.of()
        : NullSafe.in(identity.getSpec().serviceAccounts())
            .map(account -> namespace + "/" + account.name())
            .toList();
  }

  /// Every account that acted, that a binding names or that an identity lists.
  List<AccountUse> accounts(Optional<String> namespace) {
    var names = new TreeSet<>(evidence.keySet());
    objects.ifPresent(known -> names.addAll(known.accounts()));
    names.addAll(identities.keySet());
    return names.stream()
        .filter(name -> namespace.map(only -> name.startsWith(only + "/")).orElse(true))
        .map(this::use)
        .toList();
  }

  private AccountUse use(String account) {
    var slash = account.indexOf('/');
    var known = Optional.ofNullable(evidence.get(account));
    var identity = Optional.ofNullable(identities.get(account));
    List<JudgedRight> rights =
        objects
            .map(
                found ->
                    usedRights.of(
                        known,
                        found.grants(
                            account.substring(0, slash), account.substring(slash + 1), all.log())))
            .orElse(List.of());
    return new AccountUse(
        account,
        identity.map(
            found -> found.getMetadata().getNamespace() + "/" + found.getMetadata().getName()),
        known,
        rights,
        BindingUse.of(rights),
        known
            .map(
                found ->
                    oddBehaviour.of(
                        account,
                        found,
                        identity.map(Comparison::standing).orElse(Standing.UNKNOWN)))
            .orElse(List.of()));
  }

  /// A status does not record IDs of credentials, so the use of retired versions is not
  /// judged here.
  private static Standing standing(MachineIdentity identity) {
    return new Standing(outSince(identity), Map.of());
  }

  /// Since when it is suspended or decommissioned.
  private static Optional<Instant> outSince(MachineIdentity identity) {
    var status = identity.getStatus();
    if (status == null
        || status.state() != LifeState.Suspended && status.state() != LifeState.Decommissioned) {
      return Optional.empty();
    }
    return Optional.ofNullable(status.suspension())
        .map(SuspensionStatus::startTime)
        .or(
            () ->
                NullSafe.in(status.history())
                    .filter(passage -> passage.to() == status.state())
                    .flatMap(passage -> Stream.ofNullable(passage.time()))
                    .max(Instant::compareTo));
  }
}
