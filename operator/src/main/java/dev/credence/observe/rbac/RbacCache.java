// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.rbac;

import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.rbac.Binding;
import dev.credence.facts.rbac.Catalog;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.rbac.Role;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Subject.Account;
import dev.credence.facts.rbac.Who;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.WatchedKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Caches of the roles and bindings of the cluster. An operator that may not watch them works
/// without, and reports it.
public final class RbacCache implements Catalog {
  /// Bindings are found by whom they name, and by the role that they refer to.
  private static final String BY_SUBJECT = "subject";

  private static final String BY_ROLE = "role";

  private final KindCache<io.fabric8.kubernetes.api.model.rbac.Role> roles;
  private final KindCache<ClusterRole> clusterRoles;
  private final KindCache<RoleBinding> roleBindings;
  private final KindCache<ClusterRoleBinding> clusterRoleBindings;
  private final Set<String> privileged;
  private final boolean everywhere;
  private final boolean wanted;
  private final Exclusions exclusions;
  private final ServerRelease release;
  private final Consumer<Stream<Subject>> given;

  /// Empty `namespaces`: all. `privileged`: those in which rights weigh more. Where it is not
  /// `wanted`, nothing is watched. `exclusions`: bindings that are not judged. `given` is told
  /// to whom something else is given than before.
  public RbacCache(
      KubernetesClient client,
      Set<String> namespaces,
      Set<String> privileged,
      boolean wanted,
      Exclusions exclusions,
      ServerRelease release,
      Consumer<Stream<Subject>> given) {
    this.privileged = Set.copyOf(privileged);
    this.everywhere = namespaces.isEmpty();
    this.wanted = wanted;
    this.exclusions = exclusions;
    this.release = release;
    this.given = given;
    this.roles =
        KindCache.of(
            client,
            WatchedKind.of(io.fabric8.kubernetes.api.model.rbac.Role.class),
            namespaces,
            this::roleChanged);
    this.clusterRoles =
        KindCache.of(
            client.resources(ClusterRole.class),
            WatchedKind.of(ClusterRole.class),
            this::roleChanged);
    this.roleBindings =
        KindCache.of(client, binding(RoleBinding.class), namespaces, this::bindingChanged);
    this.clusterRoleBindings =
        KindCache.of(
            client.resources(ClusterRoleBinding.class),
            binding(ClusterRoleBinding.class),
            this::bindingChanged);
  }

  private static <T extends HasMetadata> WatchedKind<T> binding(Class<T> type) {
    return WatchedKind.of(type)
        .indexedBy(BY_SUBJECT, RbacReader::subjectKeys)
        .indexedBy(BY_ROLE, RbacReader::roleKeys);
  }

  /// Completes when everything is known; `known` is called then.
  public CompletableFuture<Void> start(Runnable known) {
    if (!wanted) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.allOf(
            caches().values().stream().map(KindCache::start).toArray(CompletableFuture<?>[]::new))
        .thenRun(known);
  }

  public void stop() {
    caches().values().forEach(KindCache::stop);
  }

  /// By the name that RBAC has for the kind.
  private Map<String, KindCache<?>> caches() {
    return wanted
        ? Map.of(
            "roles", roles,
            "clusterroles", clusterRoles,
            "rolebindings", roleBindings,
            "clusterrolebindings", clusterRoleBindings)
        : Map.of();
  }

  public boolean isRefused() {
    return caches().values().stream().anyMatch(KindCache::isRefused);
  }

  /// Kinds that should be watched and are not connected, though it was not denied.
  public Stream<String> unhealthy() {
    return those(watch -> !watch.isHealthy() && !watch.isRefused());
  }

  private Stream<String> those(Function<KindCache<?>, Boolean> which) {
    return caches().entrySet().stream()
        .filter(watch -> which.apply(watch.getValue()))
        .map(Map.Entry::getKey)
        .sorted();
  }

  private void roleChanged(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    var was = Optional.ofNullable(before).flatMap(RbacReader::role);
    var is = Optional.ofNullable(after).flatMap(RbacReader::role);
    if (!was.equals(is)) {
      given.accept(
          was.or(() -> is).stream()
              .flatMap(role -> referringTo(role))
              .flatMap(binding -> binding.subjects().stream()));
    }
  }

  private Stream<Binding> referringTo(Role role) {
    return bindings(BY_ROLE, RbacReader.roleKey(role.namespace(), role.name()));
  }

  private void bindingChanged(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    var was = Optional.ofNullable(before).flatMap(RbacReader::binding);
    var is = Optional.ofNullable(after).flatMap(RbacReader::binding);
    if (!was.equals(is)) {
      given.accept(
          Stream.concat(was.stream(), is.stream()).flatMap(binding -> binding.subjects().stream()));
    }
  }

  @Override
  public Collection<Binding> naming(Subject subject) {
    return bindings(BY_SUBJECT, RbacReader.key(subject)).toList();
  }

  private Stream<Binding> bindings(String index, String key) {
    return Stream.of(clusterRoleBindings, roleBindings)
        .flatMap(watch -> watch.by(index, key).stream())
        .flatMap(object -> RbacReader.binding(object).stream());
  }

  @Override
  public Optional<Role> role(String namespace, String name) {
    return namespace.isEmpty()
        ? clusterRoles.get("", name).flatMap(RbacReader::role)
        : roles.get(namespace, name).flatMap(RbacReader::role);
  }

  /// The grants of these ServiceAccounts of the namespace.
  public Grants grants(String namespace, Set<String> accounts) {
    if (!wanted) {
      return new Grants.Disabled();
    }
    var problems = problems();
    return problems.isEmpty()
        ? grants(this, namespace, accounts, privileged, everywhere, release.known(), exclusions)
        : new Grants.Unknown(problems);
  }

  public static Grants grants(
      Catalog catalog,
      String namespace,
      Set<String> accounts,
      Set<String> privileged,
      boolean everywhere,
      Optional<ServerVersion> server,
      Exclusions exclusions) {
    return new Grants.Known(
        accounts.stream()
            .collect(
                Collectors.toMap(
                    Function.identity(),
                    account -> catalog.grants(new Who.ServiceAccount(namespace, account, true)))),
        privileged,
        everywhere,
        server,
        exclusions);
  }

  private List<String> problems() {
    return Stream.concat(
            those(KindCache::isRefused)
                .map(kind -> "the operator has no permission to list and watch " + kind),
            those(watch -> !watch.isSynced() && !watch.isRefused())
                .map(kind -> "the operator has not read " + kind + " yet"))
        .toList();
  }

  /// The bindings that name one of these accounts of the namespace.
  public Bindings bindings(String namespace, Set<String> accounts) {
    var problems = problems();
    return new Bindings(
        naming(this, namespace, accounts),
        problems.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", problems)));
  }

  /// Their names, as in `RoleBinding sales/crm-view`.
  public static List<String> naming(Catalog catalog, String namespace, Set<String> accounts) {
    return accounts.stream()
        .flatMap(account -> catalog.naming(new Account(namespace, account)).stream())
        .map(binding -> binding.title().replaceFirst("/", " "))
        .distinct()
        .sorted()
        .toList();
  }
}
