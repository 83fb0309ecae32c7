package dev.credence.observe;

import dev.credence.facts.Safeguards.Bindings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who gives rights to ServiceAccounts: listed when an identity is at its end, and then believed
/// for a minute, so that many of them cost one listing.
public final class GivenRights {
  private static final long BELIEVED_NANOS = Duration.ofMinutes(1).toNanos();

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private @Nullable Listing last;

  private record Listing(List<Binding> bindings, Optional<String> problem, long at) {}

  private record Binding(String name, String home, List<Subject> subjects) {}

  /// Empty `namespaces`: all.
  GivenRights(KubernetesClient client, Set<String> namespaces) {
    this.client = client;
    this.namespaces = Set.copyOf(namespaces);
  }

  /// The bindings that name one of these accounts of the namespace.
  Bindings to(String namespace, Set<String> accounts) {
    var listing = listing();
    return new Bindings(
        naming(listing.bindings().stream(), namespace, accounts), listing.problem());
  }

  /// The same of these RoleBindings and ClusterRoleBindings.
  public static Bindings of(Stream<HasMetadata> objects, String namespace, Set<String> accounts) {
    return new Bindings(
        naming(objects.map(GivenRights::binding), namespace, accounts), Optional.empty());
  }

  private static List<String> naming(
      Stream<Binding> bindings, String namespace, Set<String> accounts) {
    return bindings
        .filter(binding -> names(binding, namespace, accounts))
        .map(Binding::name)
        .sorted()
        .toList();
  }

  private synchronized Listing listing() {
    var known = last;
    if (known == null || System.nanoTime() - known.at() > BELIEVED_NANOS) {
      known = list();
      last = known;
    }
    return known;
  }

  private Listing list() {
    try {
      var objects =
          Stream.<HasMetadata>concat(
              roleBindings(), client.rbac().clusterRoleBindings().list().getItems().stream());
      return new Listing(
          objects.map(GivenRights::binding).toList(), Optional.empty(), System.nanoTime());
    } catch (KubernetesClientException refused) {
      return new Listing(
          List.of(),
          Optional.of("they could not be listed (" + refused.getCode() + ")"),
          System.nanoTime());
    }
  }

  private Stream<RoleBinding> roleBindings() {
    var all = client.rbac().roleBindings();
    return namespaces.isEmpty()
        ? all.inAnyNamespace().list().getItems().stream()
        : namespaces.stream()
            .flatMap(namespace -> all.inNamespace(namespace).list().getItems().stream());
  }

  private static Binding binding(HasMetadata object) {
    var meta = object.getMetadata();
    return switch (object) {
      case RoleBinding role ->
          new Binding(
              "RoleBinding " + meta.getNamespace() + "/" + meta.getName(),
              meta.getNamespace(),
              Objects.requireNonNullElse(role.getSubjects(), List.of()));
      case ClusterRoleBinding role ->
          new Binding(
              "ClusterRoleBinding " + meta.getName(),
              "",
              Objects.requireNonNullElse(role.getSubjects(), List.of()));
      default -> throw new IllegalArgumentException("no binding: " + object.getKind());
    };
  }

  private static boolean names(Binding binding, String namespace, Set<String> accounts) {
    return binding.subjects().stream()
        .anyMatch(
            subject ->
                "ServiceAccount".equals(subject.getKind())
                    && accounts.contains(subject.getName())
                    && namespace.equals(
                        Objects.requireNonNullElse(subject.getNamespace(), binding.home())));
  }
}
