package dev.credence.report;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Which machine accounts belong to no identity?
public interface Unclaimed {

  /// `objects` are ServiceAccounts and Secrets with a token that never ends, as metadata.
  List<Orphan> among(Stream<? extends HasMetadata> objects);

  /// `owner`: whom its own annotation names.
  record Orphan(
      String kind, String namespace, String name, Optional<String> owner, Optional<Instant> created)
      implements Comparable<Orphan> {
    private static final Comparator<Orphan> ORDER =
        Comparator.comparing(Orphan::namespace)
            .thenComparing(Orphan::kind)
            .thenComparing(Orphan::name);

    public String id() {
      return namespace + "/" + name;
    }

    @Override
    public int compareTo(Orphan other) {
      return ORDER.compare(this, other);
    }
  }

  /// Those that no identity names and that carry no label of one. Left out are the account
  // `default`
  /// of each namespace, Kubernetes' own namespaces and `home`, the operator's.
  static Unclaimed byNameAndLabel(Set<Named> named, String home) {
    return objects ->
        objects
            .filter(object -> isSomebodys(object, home))
            .filter(object -> !named.contains(Named.of(object)))
            .filter(object -> labels(object).get(Api.IDENTITY) == null)
            .map(Unclaimed::orphan)
            .sorted()
            .toList();
  }

  /// An object of a kind that identities have as members.
  record Named(String kind, String namespace, String name) {
    static Named of(HasMetadata object) {
      return new Named(
          HasMetadata.getKind(object.getClass()),
          Objects.requireNonNullElse(object.getMetadata().getNamespace(), ""),
          object.getMetadata().getName());
    }

    /// What an identity names.
    public static Set<Named> by(MachineIdentity identity) {
      var spec = identity.getSpec();
      var named = new HashSet<Named>();
      if (spec == null) {
        return named;
      }
      var namespace = identity.getMetadata().getNamespace();
      if (spec.serviceAccounts() != null) {
        spec.serviceAccounts()
            .forEach(account -> named.add(new Named("ServiceAccount", namespace, account.name())));
      }
      if (spec.secrets() != null) {
        spec.secrets().forEach(secret -> named.add(new Named("Secret", namespace, secret.name())));
      }
      return named;
    }
  }

  private static boolean isSomebodys(HasMetadata object, String home) {
    var namespace = object.getMetadata().getNamespace();
    return namespace != null
        && !namespace.startsWith("kube-")
        && !namespace.equals(home)
        && !(object instanceof ServiceAccount && "default".equals(object.getMetadata().getName()));
  }

  private static Orphan orphan(HasMetadata object) {
    var meta = object.getMetadata();
    var annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.<String, String>of());
    return new Orphan(
        HasMetadata.getKind(object.getClass()),
        Plain.text(meta.getNamespace()),
        Plain.text(meta.getName()),
        Optional.ofNullable(annotations.get(Api.OWNER)).map(Plain::text),
        Entries.time(meta.getCreationTimestamp()));
  }

  private static Map<String, String> labels(HasMetadata object) {
    return Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
  }
}
