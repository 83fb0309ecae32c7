package dev.credence.observe;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.Consumers;
import dev.credence.facts.Policy;
import dev.credence.facts.Subject;
import dev.credence.facts.Subject.Kind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What the caches hold, as far as a snapshot needs it. Nothing here makes a request but
/// [#consumers].
public interface Cluster {

  List<Policy> policies();

  Optional<ObjectMeta> namespace(String name);

  Optional<HasMetadata> find(String namespace, Subject subject);

  /// Objects with our label for this identity, or with an identity of this name as their
  /// controller.
  Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity);

  Collection<HasMetadata> inNamespace(Kind kind, String namespace);

  /// Jobs that were started for this identity.
  Collection<Job> jobs(String namespace, String identity);

  /// Pods and workloads of the namespace, listed now or a moment ago.
  Consumers consumers(String namespace);

  /// Identities of the namespace that list the object by name.
  Collection<MachineIdentity> naming(String namespace, Subject subject);

  /// Identities of the namespace that have a selector.
  Collection<MachineIdentity> selecting(String namespace);

  /// Whether an identity of this name and UID is there.
  boolean lives(String namespace, String name, String uid);

  /// Whether cert-manager's Certificates are known to the API server.
  boolean certManager();
}
