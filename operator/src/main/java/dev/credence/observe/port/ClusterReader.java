// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.port;

import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Read access to the caches for a snapshot. No method makes a request but [#consumers], [#uses],
/// [#tracking] and [#hook].
public interface ClusterReader {

  List<Policy> policies();

  Optional<ObjectMeta> namespace(String name);

  Optional<HasMetadata> find(String namespace, ObjectRef subject);

  /// Objects with our label for this identity, or with an identity of this name as their
  /// controller.
  Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity);

  Collection<HasMetadata> inNamespace(Kind kind, String namespace);

  /// Jobs that were started for this identity.
  Collection<Job> jobs(String namespace, String identity);

  /// Pods and workloads of the namespace, listed now or a moment ago.
  Consumers consumers(String namespace);

  /// The usage of the ServiceAccounts and Secrets of the namespace, listed some minutes ago at
  /// most; `news`: some seconds ago.
  UsageListing uses(String namespace, Instant now, boolean news);

  /// Whether the API server notes when tokens are used.
  Tracking tracking(Instant now);

  /// Identities of the namespace that list the object by name.
  Collection<MachineIdentity> naming(String namespace, ObjectRef subject);

  /// Identities of the namespace whose Certificates are to write the Secret.
  Collection<MachineIdentity> dependingOn(String namespace, ObjectRef secret);

  /// Identities of the namespace that have a selector.
  Collection<MachineIdentity> selecting(String namespace);

  /// Whether an identity of this name and UID is there.
  boolean exists(String namespace, String name, String uid);

  /// Secrets that say they hold a token of this ServiceAccount.
  Collection<HasMetadata> tokensOf(String namespace, String account);

  /// Secrets whose token was ended for the suspension of the identity with this UID.
  Collection<HasMetadata> endedFor(String namespace, String uid);

  /// The anchors of the tokens that Credence issued for the ServiceAccount with this UID.
  Collection<HasMetadata> anchorsOf(String namespace, String accountUid);

  /// The entries of the list of suspended accounts for accounts of the namespace, by name.
  Map<String, Listed> listed(String namespace);

  /// The admission policies that the API server enforces.
  Set<Admission> admissions();

  /// Those that are there and bound, by which the API server was not seen to refuse.
  Set<Admission> unconfirmed();

  /// The address of the API server that was asked whether it refuses by them; empty: none was.
  Optional<String> asked();

  /// The limit of the list of suspended accounts for one namespace.
  int mostSuspended();

  /// Their installations.
  Map<Admission, Installation> installed();

  /// The pod template of the CronJob of a hook, read now.
  HookTemplate hook(String namespace, String cronJob);

  /// The termination message of a hook that failed; `open`: the keys of its Secret that are not
  /// secret. Read once from the pod of the Job, and empty for a reader that does not ask for it.
  default Optional<String> terminationMessage(String namespace, HookJob job, Set<String> open) {
    return Optional.empty();
  }

  boolean isNeverSuspended(String namespace, String account);

  /// The bindings that name one of these ServiceAccounts of the namespace.
  Bindings bindings(String namespace, Set<String> accounts);

  /// The grants of these ServiceAccounts of the namespace, by their groups too.
  Grants grants(String namespace, Set<String> accounts);

  /// What audit events show of these ServiceAccounts of the namespace.
  default AuditedUse auditedUse(String namespace, Set<String> accounts) {
    return AuditedUse.NONE;
  }

  /// Whether cert-manager's Certificates are known to the API server.
  boolean certManager();

  /// Empty: it is unknown, since the kind is not cert-manager's or may not be read.
  Optional<Issuer> issuer(String namespace, Issuer.Ref ref);

  /// The Certificates that write this Secret, by name.
  List<String> writers(String namespace, String secret);

  /// A digest of what generated kubeconfigs say of the API server, where that is known.
  default Optional<String> kubeconfigServer() {
    return Optional.empty();
  }
}
