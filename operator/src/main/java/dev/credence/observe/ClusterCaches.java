// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.Api;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.api.SuspensionList;
import dev.credence.client.ApiServer;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookTemplate;
import dev.credence.facts.credential.Issuance;
import dev.credence.facts.credential.Issuer;
import dev.credence.facts.discovery.DefaultExclusions;
import dev.credence.facts.discovery.Inventory;
import dev.credence.facts.evidence.AuditedUse;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.SuspensionFacts.Bindings;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.rbac.Exclusions;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.UsageEvidence.Tracking;
import dev.credence.facts.usage.UsageListing;
import dev.credence.observe.audit.EvidenceCache;
import dev.credence.observe.cache.Installed;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.Kinds;
import dev.credence.observe.cache.TrimmedStore;
import dev.credence.observe.cache.WatchOutages;
import dev.credence.observe.cache.WatchedKind;
import dev.credence.observe.certmanager.CertManagerCaches;
import dev.credence.observe.certmanager.CertificateReader;
import dev.credence.observe.discovery.InventoryReader;
import dev.credence.observe.discovery.SecretTypes;
import dev.credence.observe.port.ClusterReader;
import dev.credence.observe.rbac.RbacCache;
import dev.credence.observe.rbac.ServerRelease;
import dev.credence.observe.read.Anchors;
import dev.credence.observe.read.HookEnd;
import dev.credence.observe.read.HookTemplates;
import dev.credence.observe.read.MemberReader;
import dev.credence.observe.read.PolicyReader;
import dev.credence.observe.read.TerminationMessages;
import dev.credence.observe.suspension.AdmissionPolicies;
import dev.credence.observe.suspension.Enforcement;
import dev.credence.observe.suspension.SuspendedAccounts;
import dev.credence.observe.usage.ArgoRollout;
import dev.credence.observe.usage.TokenTracking;
import dev.credence.observe.usage.WorkloadLister;
import dev.credence.observe.wake.Enqueuer;
import dev.credence.observe.wake.Identities;
import dev.credence.raw.Metadata;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Caches of all kinds that are watched in addition to the identities, and the identities that a
/// change enqueues:
///
/// | kind | held | enqueues |
/// |---|---|---|
/// | Secret | metadata | identities that name it, select it, or have marked it |
/// | ServiceAccount | whole | the same |
/// | Certificate, while cert-manager is installed | whole | the same; of a CA all it may sign for |
/// | Issuer, ClusterIssuer, by [CertManagerCaches] | whole | those of the namespace; all |
/// | SuspensionList, in the operator's namespace | whole | identities that an entry is about |
/// | ConfigMap, the list of an operator of before | whole | none |
/// | ValidatingAdmissionPolicy and binding, by [AdmissionPolicies] | whole | all |
/// | ConfigMap, evidence of audit events, by [EvidenceCache] | compressed | those of a namespace |
/// | Job, those with the label credence.dev/identity | whole | the identity that started it |
/// | Role, ClusterRole, bindings, by [RbacCache] | whole | identities with accounts they mean |
/// | Namespace | metadata | identities in it |
/// | CredentialPolicy | as facts | all |
/// | the definition of Certificate, by [CertManagerCaches] | metadata | all |
/// | the definition of Argo's Rollout, by [Installed] | metadata | none |
public final class ClusterCaches implements ClusterReader {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterCaches.class);
  private static final Duration PATIENCE_WITH_CERT_MANAGER = Duration.ofSeconds(30);
  private static final Duration A_MOMENT = Duration.ofMillis(500);
  private static final int FORBIDDEN = 403;
  private static final String KUBE_SYSTEM = "kube-system";

  /// Listing all namespaces costs more than listing those with identities one by one where these
  /// are few, or less than a fifth of all.
  private static final int FEW_NAMESPACES = 4;

  private static final int GOOD_PART = 5;

  private static final Duration TELL_EVERY = Duration.ofSeconds(10);

  private final KubernetesClient full;
  private final KindCache<Secret> secrets;
  private final KindCache<ServiceAccount> accounts;
  private final KindCache<Job> jobs;
  private final KindCache<Namespace> namespaceCache;
  private final KindCache<CredentialPolicy> policies;
  private final CertManagerCaches certManager;
  private final Installed rollouts;
  private final WorkloadLister workloads;
  private final TokenTracking tracking;
  private final SuspendedAccounts suspended;
  private final AdmissionPolicies admissions;
  private final Enforcement enforcement;
  private final String address;
  private final RbacCache rights;
  private final EvidenceCache evidence;
  private final ServerRelease release;
  private final Set<String> neverSuspend;
  private final Set<String> namespaces;
  private final SecretTypes types;
  private final WatchOutages outages = new WatchOutages();

  private final Identities identities = new Identities();
  private final Enqueuer enqueuer = new Enqueuer(identities);

  private volatile List<Policy> policyFacts = List.of();
  private volatile Optional<List<Policy>> assumed = Optional.empty();
  private volatile Optional<String> kubeconfigServer = Optional.empty();
  private volatile Consumer<HookEnd> hookEnded = ended -> {};
  private volatile Optional<TerminationMessages> messages = Optional.empty();
  private volatile int mostSuspended = SuspensionFacts.MOST_SUSPENDED;

  /// `metadata` is a client with [MetadataOnly]; empty `namespaces`: all. `operatorNamespace`: the
  /// operator's own namespace. `neverSuspend`: namespaces, and ServiceAccounts as `namespace/name`.
  public ClusterCaches(
      KubernetesClient full,
      KubernetesClient metadata,
      Set<String> namespaces,
      String operatorNamespace,
      Set<String> neverSuspend) {
    this(
        full,
        metadata,
        namespaces,
        operatorNamespace,
        neverSuspend,
        "cert-manager",
        true,
        Exclusions.NONE,
        System::nanoTime);
  }

  /// `clusterResources`: the namespace where ClusterIssuers have their Secrets. `risk`: whether
  /// roles and bindings are watched. `exclusions`: bindings that are not judged. `nanos`: as
  /// [System#nanoTime].
  public ClusterCaches(
      KubernetesClient full,
      KubernetesClient metadata,
      Set<String> namespaces,
      String operatorNamespace,
      Set<String> neverSuspend,
      String clusterResources,
      boolean risk,
      Exclusions exclusions,
      LongSupplier nanos) {
    this.full = full;
    this.namespaces = Set.copyOf(namespaces);
    this.types = new SecretTypes(metadata, namespaces);
    this.secrets = KindCache.of(metadata, Kinds.SECRET, namespaces, nanos, this::secretChanged);
    this.accounts =
        KindCache.of(
            full,
            Kinds.SERVICE_ACCOUNT,
            namespaces,
            nanos,
            (a, b) -> enqueuer.changed(Kind.ServiceAccount, a, b));
    this.jobs =
        KindCache.of(
            full,
            Kinds.JOB,
            namespaces,
            nanos,
            (a, b) -> {
              enqueuer.changed(Kind.Job, a, b);
              HookEnd.of(a, b).ifPresent(end -> hookEnded.accept(end));
            });
    this.rollouts = new Installed(metadata, ArgoRollout.DEFINITION);
    this.workloads =
        new WorkloadLister(
            full,
            namespace -> accounts.by(KindCache.BY_NAMESPACE, namespace),
            rollouts::isThere,
            this::isGoodPart,
            this::areIdentitiesEverywhere,
            nanos);
    this.tracking = new TokenTracking(full);
    this.suspended =
        new SuspendedAccounts(full, operatorNamespace, enqueuer::listed, this::suspensionsChanged);
    this.admissions =
        new AdmissionPolicies(
            full, operatorNamespace, this::admissionsChanged, this::suspensionsChanged);
    this.address = ApiServer.address(full.getMasterUrl());
    this.enforcement = new Enforcement(suspended::lists, admissions::isBound, enqueuer::all);
    this.release = new ServerRelease(full, enqueuer::all);
    this.rights =
        new RbacCache(
            full,
            namespaces,
            Set.of(KUBE_SYSTEM, operatorNamespace),
            risk,
            exclusions,
            release,
            subjects -> enqueuer.given(subjects, this::account));
    this.evidence = new EvidenceCache(full, operatorNamespace, this::evidenceChanged);
    this.neverSuspend =
        Stream.concat(Stream.of(KUBE_SYSTEM, operatorNamespace), neverSuspend.stream())
            .collect(Collectors.toUnmodifiableSet());
    this.namespaceCache =
        KindCache.of(metadata.namespaces(), WatchedKind.of(Namespace.class), this::homeChanged);
    this.policies =
        KindCache.of(
            full.resources(CredentialPolicy.class),
            WatchedKind.of(CredentialPolicy.class),
            (a, b) -> policiesChanged());
    this.certManager =
        new CertManagerCaches(
            full, metadata, namespaces, clusterResources, new CertManagerChanges());
  }

  /// To be called before the identities' own informer starts.
  public void index(IndexerResourceCache<MachineIdentity> cache) {
    identities.index(cache);
  }

  /// From now on changes wake identities.
  public void enqueueBy(Consumer<ResourceID> enqueue) {
    enqueuer.by(enqueue);
  }

  /// Identities for which a change asks for a suspension or a revocation, before they are woken.
  /// `ended`: called when a Job of a hook has ended.
  public void hooksEnd(Consumer<HookEnd> ended) {
    this.hookEnded = ended;
  }

  /// From now on the messages of hooks that failed are read from their pods.
  public void readTerminationMessages() {
    this.messages = Optional.of(new TerminationMessages(full));
  }

  public void urgeBy(Consumer<ResourceID> urge) {
    enqueuer.urgingBy(urge);
  }

  /// Blocks until every cache holds what the API server holds; says each ten seconds what it
  /// waits for. cert-manager is waited for only a while, and issuers and roles that we may not see
  /// are not waited for: without them everything else goes on.
  public void start() throws InterruptedException {
    var all =
        CompletableFuture.allOf(
            caches().map(watch -> watch.getValue().start()).toArray(CompletableFuture<?>[]::new));
    var certificates = certManager.start();
    var isRolloutKnown = rollouts.start();
    release.ask();
    var roles = rights.start(enqueuer::all);
    var isEvidenceKnown = evidence.start();
    while (!isDone(all, TELL_EVERY)) {
      LOG.atWarn()
          .addKeyValue("kinds", those(watch -> !watch.isSynced()))
          .log("Waiting for lists from the API server. Check the permissions of the operator");
    }
    if (!isDone(certificates, PATIENCE_WITH_CERT_MANAGER)) {
      LOG.warn(
          "The Certificates of cert-manager cannot be listed. The operator starts without them");
    }
    if (!areKnown(certManager.signing(), certManager::isSigningRefused)) {
      LOG.warn("No permission to list issuers. The operator does not evaluate them and their CAs");
    }
    if (!areKnown(roles, rights::isRefused)) {
      LOG.warn(
          "No permission to list roles and bindings. The operator does not evaluate the permissions of ServiceAccounts");
    }
    if (!areKnown(isRolloutKnown, rollouts::isRefused)) {
      LOG.warn(
          "No permission to watch CustomResourceDefinition {}. The operator treats the pods of an"
              + " Argo Rollout as pods of single ReplicaSets",
          ArgoRollout.DEFINITION);
    }
    if (!areKnown(isEvidenceKnown, evidence::isRefused)) {
      LOG.warn(
          "No permission to list ConfigMaps in the namespace of the operator. The operator does not read evidence from audit events");
    }
    policiesChanged();
    admissions.refresh();
    enforcement.start();
  }

  /// To be called before [#start]: how the API server is asked whether it goes by the lists of
  /// suspended accounts. Without it that is taken for granted.
  public void askBy(Enforcement.Prober prober) {
    enforcement.by(prober);
  }

  private void suspensionsChanged() {
    enforcement.changed();
  }

  private void admissionsChanged() {
    enforcement.changed();
    enqueuer.all();
  }

  /// Waits for a slow list, or a status would report for a moment that nothing is known.
  private static boolean areKnown(CompletableFuture<?> listed, BooleanSupplier isRefused)
      throws InterruptedException {
    while (!isDone(listed, A_MOMENT)) {
      if (isRefused.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDone(CompletableFuture<?> work, Duration patience)
      throws InterruptedException {
    try {
      work.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException slow) {
      return false;
    } catch (ExecutionException failed) {
      throw new IllegalStateException("a watch could not start", failed.getCause());
    }
  }

  public void stop() {
    enforcement.close();
    caches().forEach(watch -> watch.getValue().stop());
    certManager.stop();
    rollouts.stop();
    rights.stop();
    evidence.stop();
  }

  /// Whether every watch is connected; the names of those that are not. That we may not watch roles
  /// and bindings is told where it matters, in the status of identities.
  public List<String> unhealthy() {
    return Stream.of(
            those(watch -> !watch.isHealthy()).stream(),
            rights.unhealthy(),
            evidence.isHealthy() ? Stream.<String>of() : Stream.of("ConfigMaps of audit events"))
        .flatMap(names -> names)
        .toList();
  }

  private List<String> those(Predicate<KindCache<?>> which) {
    return caches().filter(watch -> which.test(watch.getValue())).map(Map.Entry::getKey).toList();
  }

  /// With the names that health and the log have for them.
  private Stream<Map.Entry<String, KindCache<?>>> caches() {
    return Stream.of(
        Map.entry("Secrets", secrets),
        Map.entry("ServiceAccounts", accounts),
        Map.entry("Jobs", jobs),
        Map.entry("Namespaces", namespaceCache),
        Map.entry("CredentialPolicies", policies),
        Map.entry("SuspensionLists", suspended.watch()),
        Map.entry("ConfigMap " + SuspendedAccounts.OLD, suspended.old()),
        Map.entry("ValidatingAdmissionPolicies", admissions.policies()),
        Map.entry("ValidatingAdmissionPolicyBindings", admissions.bindings()));
  }

  /// Everything there is, for discovery. `excluded`: what is left apart.
  public Inventory inventory(DefaultExclusions excluded) {
    var byType = types.of(secrets.all());
    return InventoryReader.of(
        new InventoryReader.Lists(
            namespaceCache.all(),
            accounts.all(),
            secrets.all(),
            certManager.certificates().map(KindCache::all),
            identities().toList(),
            policyFacts,
            InventoryReader.types(byType),
            gaps()),
        excluded);
  }

  private List<String> gaps() {
    return Stream.of(
            certManager.problem().map(why -> "Certificates are not included: " + why).stream(),
            types.problem().map(why -> "the types of Secrets are not known: " + why).stream(),
            outages.of(
                Map.of(
                    "Secrets", secrets, "ServiceAccounts", accounts, "Namespaces", namespaceCache)),
            namespaces.stream()
                .sorted()
                .limit(1)
                .map(
                    _ ->
                        "the operator watches only "
                            + namespaces.size()
                            + " namespaces (settings.watchNamespaces)"))
        .flatMap(gaps -> gaps)
        .toList();
  }

  /// Changes with everything that [#inventory] rests on.
  public long changes() {
    return enqueuer.changes();
  }

  /// [#inventory] will say more soon, though nothing has changed.
  public boolean isBehind() {
    return types.isBehind() || outages.arePending();
  }

  /// Enqueues the identities that a change of cert-manager's resources affects.
  private final class CertManagerChanges implements CertManagerCaches.Changes {
    @Override
    public void certificate(@Nullable Certificate before, @Nullable Certificate after) {
      enqueuer.changed(Kind.Certificate, before, after);
      // A Secret that another Certificate writes must not be written by one of ours.
      Stream.of(before, after)
          .flatMap(certificate -> Stream.ofNullable(certificate))
          .flatMap(certificate -> CertificateReader.of(certificate.getSpec()).stream())
          .map(Issuance::secretName)
          .distinct()
          .forEach(
              secret ->
                  enqueuer.dependingOn(
                      Objects.requireNonNull(after == null ? before : after)
                          .getMetadata()
                          .getNamespace(),
                      ObjectRef.secret(secret)));
    }

    @Override
    public void signing(String namespace) {
      enqueuer.in(namespace);
    }

    @Override
    public void everywhere() {
      enqueuer.all();
    }
  }

  private void homeChanged(@Nullable Namespace before, @Nullable Namespace after) {
    if (after != null) {
      enqueuer.in(after.getMetadata().getName());
    }
  }

  private void evidenceChanged(String observed) {
    if (observed.isEmpty()) {
      enqueuer.all();
    } else {
      enqueuer.in(observed);
    }
  }

  private void policiesChanged() {
    var facts =
        policies.all().stream()
            .map(PolicyReader::of)
            .sorted(Comparator.comparing(Policy::name))
            .toList();
    // A policy whose numbers changed is the policy it was.
    if (!facts.equals(policyFacts)) {
      policyFacts = facts;
      enqueuer.all();
    }
  }

  /// Enqueues the other identities that claim an object of this one.
  public void enqueueRivals(MachineIdentity identity) {
    enqueuer.rivals(identity);
  }

  /// Enqueues every identity, and from time to time asks for the version of the API server: in a
  /// thread of its own, since the answer may take long.
  public void resync() {
    if (release.isOld()) {
      Thread.ofVirtual().name("release").start(release::ask);
    }
    enqueuer.all();
  }

  /// Enqueues every identity.
  public void enqueueAll() {
    enqueuer.all();
  }

  /// The API server answered with this to a write of ours.
  public void wrote(HasMetadata object) {
    TrimmedStore.trim(object);
    switch (object) {
      case Secret secret -> secrets.wrote(secret);
      case ServiceAccount account -> accounts.wrote(account);
      case Job job -> jobs.wrote(job);
      case SuspensionList list -> suspended.wrote(list);
      case Certificate certificate ->
          certManager.certificates().ifPresent(watch -> watch.wrote(certificate));
      default -> throw new IllegalArgumentException("not watched: " + object.getKind());
    }
  }

  /// The API server answered with this metadata to a write of ours.
  public void marked(String namespace, ObjectRef subject, ObjectMeta metadata) {
    find(namespace, subject)
        .ifPresent(
            cached -> {
              var object = full.getKubernetesSerialization().clone(cached);
              object.setMetadata(metadata);
              wrote(object);
            });
  }

  @Override
  public List<Policy> policies() {
    return assumed.orElse(policyFacts);
  }

  /// Answers with these policies instead of those of the cluster, for a plan; empty: no longer.
  public void assume(Optional<List<Policy>> others) {
    assumed = others;
  }

  @Override
  public Collection<Job> jobs(String namespace, String identity) {
    return jobs.by(Kinds.BY_IDENTITY, namespace + "/" + identity);
  }

  @Override
  public Consumers consumers(String namespace) {
    return workloads.consumers(namespace);
  }

  /// The operator changed workloads of this namespace, so their list is out of date.
  public void consumersChanged(String namespace) {
    workloads.consumersChanged(namespace);
  }

  @Override
  public UsageListing uses(String namespace, Instant now, boolean news) {
    return workloads.usage(namespace, now, news);
  }

  /// The list of the usage in this namespace is too old for a decision.
  public void usesChanged(String namespace, Instant now) {
    workloads.usageChanged(namespace, now);
  }

  private boolean areIdentitiesEverywhere() {
    return isGoodPart(identities.namespaces());
  }

  /// Of the namespaces of the cluster, if the operator may read all of them.
  private boolean isGoodPart(long some) {
    return namespaces.isEmpty()
        && some > FEW_NAMESPACES
        && some * GOOD_PART >= namespaceCache.all().size();
  }

  @Override
  public Tracking tracking(Instant now) {
    return tracking.refresh(now);
  }

  @Override
  public Optional<ObjectMeta> namespace(String name) {
    return namespaceCache.get("", name).map(HasMetadata::getMetadata);
  }

  @Override
  public Optional<HasMetadata> find(String namespace, ObjectRef subject) {
    return watch(subject.kind()).flatMap(watch -> watch.get(namespace, subject.name()));
  }

  @Override
  public Collection<HasMetadata> ofIdentity(Kind kind, String namespace, String identity) {
    return watch(kind).stream()
        .flatMap(watch -> watch.by(Kinds.BY_IDENTITY, namespace + "/" + identity).stream())
        .<HasMetadata>map(object -> object)
        .toList();
  }

  @Override
  public Collection<HasMetadata> inNamespace(Kind kind, String namespace) {
    return watch(kind).stream()
        .flatMap(watch -> watch.by(KindCache.BY_NAMESPACE, namespace).stream())
        .<HasMetadata>map(object -> object)
        .toList();
  }

  /// Objects that carry our label or have an identity as their controller.
  public Stream<HasMetadata> marked(Kind kind) {
    return watch(kind).stream()
        .<HasMetadata>flatMap(watch -> watch.all().stream())
        .filter(object -> Kinds.identityNames(object).findAny().isPresent());
  }

  private Optional<KindCache<? extends HasMetadata>> watch(Kind kind) {
    return switch (kind) {
      case Secret -> Optional.of(secrets);
      case ServiceAccount -> Optional.of(accounts);
      case Certificate ->
          certManager.certificates().<KindCache<? extends HasMetadata>>map(watch -> watch);
      case Job -> Optional.of(jobs);
      case CronJob, Deployment, StatefulSet, DaemonSet, Rollout, Pod, Suspension ->
          Optional.empty();
    };
  }

  @Override
  public Collection<MachineIdentity> naming(String namespace, ObjectRef subject) {
    return identities.naming(namespace, subject);
  }

  @Override
  public Collection<MachineIdentity> dependingOn(String namespace, ObjectRef secret) {
    return identities.dependingOn(namespace, secret);
  }

  @Override
  public Collection<MachineIdentity> selecting(String namespace) {
    return identities.selecting(namespace);
  }

  @Override
  public boolean exists(String namespace, String name, String uid) {
    return identities.exists(namespace, name, uid);
  }

  @Override
  public Collection<HasMetadata> tokensOf(String namespace, String account) {
    return List.copyOf(secrets.by(Kinds.BY_ACCOUNT, namespace + "/" + account));
  }

  @Override
  public Collection<HasMetadata> endedFor(String namespace, String uid) {
    return List.copyOf(secrets.by(Kinds.BY_SUSPENSION, namespace + "/" + uid));
  }

  @Override
  public Collection<HasMetadata> anchorsOf(String namespace, String accountUid) {
    return Anchors.of(
        secrets.by(Kinds.BY_ACCOUNT_UID, namespace + "/" + accountUid),
        secret -> secrets.by(Kinds.BY_ANCHORED, namespace + "/" + secret));
  }

  /// A token that another identity asked for, a moment before its account was suspended, is ended
  /// too.
  private void secretChanged(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    enqueuer.changed(Kind.Secret, before, after);
    if (before == null && after != null && MemberReader.isAnchor(after)) {
      var namespace = after.getMetadata().getNamespace();
      var of = Metadata.annotations(after.getMetadata()).get(Api.ACCOUNT_UID);
      suspended
          .in(namespace)
          .forEach(
              (account, listed) -> {
                if (account(namespace, account)
                    .filter(found -> found.getMetadata().getUid().equals(of))
                    .isPresent()) {
                  enqueuer.identity(namespace, listed.identity());
                }
              });
    }
  }

  /// Secrets whose token was ended for the suspension of some identity.
  public Stream<HasMetadata> ended() {
    return secrets.all().stream()
        .filter(secret -> Metadata.annotations(secret.getMetadata()).containsKey(Api.SUSPENDED))
        .map(secret -> secret);
  }

  @Override
  public Map<String, Listed> listed(String namespace) {
    return suspended.in(namespace);
  }

  /// Whether the identity that an entry of the list is for is there.
  public boolean isThere(SuspendedAccounts.Entry entry) {
    return identities.isThere(entry);
  }

  /// The whole list of suspended accounts.
  public Stream<SuspendedAccounts.Entry> listed() {
    return suspended.all();
  }

  @Override
  public Set<Admission> admissions() {
    return admissions.inForce().stream()
        .filter(enforcement::holds)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Set<Admission> unconfirmed() {
    return admissions.inForce().stream()
        .filter(admission -> !enforcement.holds(admission))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Optional<String> asked() {
    return enforcement.asks() ? Optional.of(address) : Optional.empty();
  }

  /// Waits until the API server goes by the lists of suspended accounts as they are now, for some
  /// seconds at most.
  public void awaitEnforcement() {
    enforcement.await();
  }

  @Override
  public int mostSuspended() {
    return mostSuspended;
  }

  /// From now on no more accounts of one namespace are listed. To be called before [#start].
  public void listAtMost(int accounts) {
    mostSuspended = accounts;
  }

  /// The number of listed accounts of each namespace.
  public Map<String, Long> suspendedByNamespace() {
    return suspended
        .all()
        .collect(Collectors.groupingBy(SuspendedAccounts.Entry::namespace, Collectors.counting()));
  }

  /// The lists of suspended accounts as they are, with what we wrote a moment ago.
  public List<SuspensionList> suspensionLists() {
    return suspended.lists();
  }

  /// We deleted this list.
  public void removed(SuspensionList list) {
    suspended.removed(list);
  }

  /// The list that an operator of before kept.
  public Optional<ConfigMap> oldList() {
    return suspended.before();
  }

  @Override
  public Map<Admission, Installation> installed() {
    return admissions.installed();
  }

  @Override
  public HookTemplate hook(String namespace, String cronJob) {
    try {
      return full
          .batch()
          .v1()
          .cronjobs()
          .inNamespace(namespace)
          .withField("metadata.name", cronJob)
          .list()
          .getItems()
          .stream()
          .findFirst()
          .<HookTemplate>map(HookTemplates::of)
          .orElseGet(HookTemplate.Absent::new);
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != FORBIDDEN) {
        throw refused;
      }
      return new HookTemplate.Unread(String.valueOf(refused.getMessage()));
    }
  }

  @Override
  public Optional<String> terminationMessage(String namespace, HookJob job, Set<String> open) {
    return messages.flatMap(known -> known.of(namespace, job, open));
  }

  @Override
  public boolean isNeverSuspended(String namespace, String account) {
    return neverSuspend.contains(namespace) || neverSuspend.contains(namespace + "/" + account);
  }

  @Override
  public Bindings bindings(String namespace, Set<String> accounts) {
    return rights.bindings(namespace, accounts);
  }

  @Override
  public Grants grants(String namespace, Set<String> accounts) {
    return rights.grants(namespace, accounts);
  }

  @Override
  public AuditedUse auditedUse(String namespace, Set<String> accounts) {
    return evidence.of(namespace, accounts);
  }

  private Optional<HasMetadata> account(String namespace, String name) {
    return find(namespace, ObjectRef.account(name));
  }

  @Override
  public boolean certManager() {
    return certManager.certificates().isPresent();
  }

  @Override
  public Optional<Issuer> issuer(String namespace, Issuer.Ref ref) {
    return certManager.issuer(namespace, ref);
  }

  @Override
  public List<String> writers(String namespace, String secret) {
    return certManager.writers(namespace, secret).stream()
        .map(certificate -> certificate.getMetadata().getName())
        .sorted()
        .toList();
  }

  /// The number of identities; more than any number until all of them have been listed.
  public long identityCount() {
    return identities.areListed() ? identities.all().count() : Long.MAX_VALUE;
  }

  /// Every identity, as far as we know.
  public Stream<MachineIdentity> identities() {
    return identities.all();
  }

  /// As the cache has it now.
  public Optional<MachineIdentity> identity(ResourceID id) {
    return id.getNamespace().flatMap(namespace -> identities.find(namespace, id.getName()));
  }

  /// Has an identity reconciled again.
  public void enqueue(MachineIdentity identity) {
    enqueuer.one(identity);
  }

  public boolean identityExists(String namespace, String name) {
    return identities.exists(namespace, name);
  }

  /// Whether an identity of the namespace names the object, or selects members by labels.
  public boolean mayBeMember(String namespace, ObjectRef subject) {
    return !identities.naming(namespace, subject).isEmpty()
        || !identities.selecting(namespace).isEmpty();
  }

  @Override
  public Optional<String> kubeconfigServer() {
    return kubeconfigServer;
  }

  /// From now on generated kubeconfigs say this of the API server.
  public void kubeconfigServer(String digest) {
    kubeconfigServer = Optional.of(digest);
  }
}
