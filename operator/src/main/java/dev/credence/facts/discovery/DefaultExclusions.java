// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.discovery;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// The default exclusions: objects of Kubernetes and of the operator that no identity has to claim.
///
/// `namespaces`: all that is in them. `accounts`: ServiceAccounts as `namespace/name`, or as
/// `*/name` in every namespace. Secrets and Certificates are left apart by their namespace alone,
/// so that nothing hides behind a name.
public record DefaultExclusions(Set<String> namespaces, Set<String> accounts) {
  private static final String ANYWHERE = "*/";

  /// Labels of Kubernetes' own accounts (RBAC defaults, the addon manager).
  private static final Set<String> SYSTEM_LABELS =
      Set.of("kubernetes.io/bootstrapping", "addonmanager.kubernetes.io/mode");

  public DefaultExclusions {
    namespaces = Set.copyOf(namespaces);
    accounts = Set.copyOf(accounts);
  }

  /// Of entries as they are written: `kube-system`, `sales/crm-sync`, `*/default`.
  /// `operatorNamespace`: the operator's own namespace, which is always among them.
  public static DefaultExclusions of(Collection<String> entries, String operatorNamespace) {
    var namespaces =
        entries.stream().filter(entry -> !entry.contains("/")).collect(Collectors.toSet());
    namespaces.add(operatorNamespace);
    return new DefaultExclusions(
        namespaces,
        entries.stream().filter(entry -> entry.contains("/")).collect(Collectors.toSet()));
  }

  public boolean covers(Inventory.Item item) {
    return namespaces.contains(item.namespace())
        || (item.nature() instanceof Inventory.Nature.Account && covers(item, item.name()));
  }

  private boolean covers(Inventory.Item item, String account) {
    return accounts.contains(item.namespace() + "/" + account)
        || accounts.contains(ANYWHERE + account)
        || item.labels().keySet().stream().anyMatch(SYSTEM_LABELS::contains);
  }
}
