// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide;

import dev.credence.api.ActorType;
import dev.credence.api.Api;
import dev.credence.api.CertificateMember;
import dev.credence.api.CertificateMember.Issue;
import dev.credence.api.CertificateMember.IssuerRef;
import dev.credence.api.CertificateMember.PrivateKey;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.CredentialPolicySpec.AllowedIssuer;
import dev.credence.api.CredentialPolicySpec.Approval;
import dev.credence.api.CredentialPolicySpec.Behavior;
import dev.credence.api.CredentialPolicySpec.BehaviorFinding;
import dev.credence.api.CredentialPolicySpec.Certificates;
import dev.credence.api.CredentialPolicySpec.Enforcement;
import dev.credence.api.CredentialPolicySpec.Idle;
import dev.credence.api.CredentialPolicySpec.Keys;
import dev.credence.api.CredentialPolicySpec.LegacyTokens;
import dev.credence.api.CredentialPolicySpec.Lifetime;
import dev.credence.api.CredentialPolicySpec.Match;
import dev.credence.api.CredentialPolicySpec.OnExpiry;
import dev.credence.api.CredentialPolicySpec.OnOdd;
import dev.credence.api.CredentialPolicySpec.OnUnused;
import dev.credence.api.CredentialPolicySpec.OnUnusedRights;
import dev.credence.api.CredentialPolicySpec.OwnerRule;
import dev.credence.api.CredentialPolicySpec.PolicyRotation;
import dev.credence.api.CredentialPolicySpec.Privileges;
import dev.credence.api.CredentialPolicySpec.Review;
import dev.credence.api.CredentialPolicySpec.Safety;
import dev.credence.api.CredentialPolicySpec.Severity;
import dev.credence.api.CredentialPolicySpec.Strategy;
import dev.credence.api.CredentialPolicySpec.Tokens;
import dev.credence.api.CredentialPolicySpec.Window;
import dev.credence.api.Generate;
import dev.credence.api.Generate.KeyRecipe;
import dev.credence.api.LabelSelector;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentitySpec.DeletionPolicy;
import dev.credence.api.MachineIdentitySpec.State;
import dev.credence.api.MemberSelector;
import dev.credence.api.Owner;
import dev.credence.api.Rotation;
import dev.credence.api.SecretMember;
import dev.credence.api.SecretMember.Hook;
import dev.credence.api.SecretMember.Hooks;
import dev.credence.api.SecretMember.Probe;
import dev.credence.api.SecretMember.Token;
import dev.credence.api.ServiceAccountMember;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.object.ObjectRef;
import dev.credence.observe.certmanager.Issued;
import dev.credence.world.RandomEvents;
import dev.credence.world.RandomRbac;
import dev.credence.world.World;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.certmanager.api.model.v1.ClusterIssuerBuilder;
import io.fabric8.certmanager.api.model.v1.IssuerBuilder;
import io.fabric8.certmanager.api.model.v1.IssuerSpecBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Anything that can be in a namespace and happen to it, drawn by a seed: few names, so that things
/// meet, and times of all sizes.
final class RandomWorld {
  static final String NAMESPACE = "sales";
  static final List<String> IDENTITIES = List.of("crm", "billing", "shop");

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> ACCOUNTS = List.of("sync", "crm-operator");

  /// Of policies, and such as identities are classified as here: an account that is made may bring
  /// its identity under another policy.
  private static final List<ActorType> TYPES =
      List.of(ActorType.Operator, ActorType.Integration, ActorType.Workload);

  private static final List<String> SECRETS = List.of("db", "api", "smtp");
  private static final List<String> CERTIFICATES = List.of("mtls", "client");
  private static final List<String> OUTPUTS = List.of("mtls-tls", "client-tls", "smtp");
  private static final List<String> ISSUERS = List.of("corp", "own");
  private static final List<String> CONTACTS =
      List.of("alice@example.com", "bob@example.com", "carol");
  private static final List<String> GARBAGE =
      List.of(
          "",
          " ",
          "7",
          "-1",
          "99999999999999999999",
          "soon",
          "two\nlines",
          "x".repeat(300),
          "2026-01-05T00:00:00Z",
          "2026-01-01T00:00:00.5Z",
          "2099-01-01T00:00:00Z",
          "+999999999-12-31T23:59:59Z",
          "alice@example.com",
          "crm");

  private final Random random;

  /// In some worlds another system issues values.
  private final boolean isIssuing;
  /// In some worlds a receiver stores audit events. They have numbers of their own, so that
  /// all else in these worlds is as it would be without.
  private final Optional<RandomEvents> events;

  private final World world;

  RandomWorld(long seed) {
    random = new Random(seed);
    isIssuing = seed % 5 == 4;
    events =
        seed % 5 == 0
            ? Optional.of(
                new RandomEvents(
                    seed, ACCOUNTS.stream().map(name -> NAMESPACE + "/" + name).toList()))
            : Optional.empty();
    world = new World(START.plusSeconds(random.nextInt(100_000)));
    if (chance(70)) {
      world.put(namespace());
    }
    for (var i = random.nextInt(4); i > 0; i--) {
      writePolicy();
    }
    for (var i = random.nextInt(7); i > 0; i--) {
      writeForeign();
    }
    for (var i = 1 + random.nextInt(3); i > 0; i--) {
      writeIdentity();
    }
    if (chance(50)) {
      writeIssuers();
    }
    world.certManager(chance(80));
    if (seed % 10 == 0) {
      new RandomRbac(seed, "random-", List.of(NAMESPACE)).objects(3, 4).forEach(world::put);
    }
    world.mayReadRoles(seed % 10 != 1);
    if (seed % 10 == 3) {
      // Its namespace may have one suspended account.
      world.mostSuspended(1);
    }
    if (seed % 10 == 2) {
      // Somebody took away what enforces suspensions.
      world.admissions(Set.of(Admission.Approvals, Admission.Reviews));
    }
  }

  World world() {
    return world;
  }

  Random random() {
    return random;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private <T> T oneOrNull(int percent, Supplier<T> make) {
    return chance(percent) ? make.get() : null;
  }

  // What happens.

  /// Accounts act, and a receiver stores what the API server tells of it.
  void eventsCome() {
    events.ifPresent(all -> world.audited(all.until(world.now())));
    events
        .flatMap(all -> all.tokens(world.now()))
        .ifPresent(ids -> annotate(SECRETS.getFirst(), "Secret", Api.CREDENTIAL_IDS, ids));
  }

  /// Something that a person, another controller or the cluster does.
  void somethingHappens() {
    switch (random.nextInt(37)) {
      case 0, 1 -> writeIdentity();
      case 2 -> writePolicy();
      case 3 -> writeForeign();
      case 4 -> deleteSomething();
      case 5 -> annotate(IDENTITIES, "MachineIdentity", Api.ROTATE, request());
      case 6 -> annotate(SECRETS, "Secret", Api.ROTATE, request());
      case 7 -> annotate(SECRETS, "Secret", one(ourAnnotations()), one(GARBAGE));
      case 8 -> plant();
      case 9 -> world.refuse(subject(), "the API server said no");
      case 10 -> Stream.of(ObjectRef.Kind.values()).forEach(this::allowAll);
      case 11 -> world.write("kubectl", namespace());
      case 12 -> world.certManager(chance(80));
      case 18, 19, 20, 21, 28, 29 -> writeConsumer();
      case 13, 25 -> annotate(SECRETS, "Secret", Api.ROLLBACK, request());
      case 14 -> annotate(SECRETS, "Secret", Api.ABORT, request());
      case 15 -> annotate(SECRETS, "Secret", Api.REVOKE, request());
      case 30 -> IDENTITIES.forEach(this::resume);
      case 31, 32 -> writeIssuers();
      case 33, 34, 35 -> certificatesAreIssued();
      case 36 -> annotate(CERTIFICATES, "Certificate", Api.ADOPT, one(IDENTITIES));
      case 16 ->
          annotate(
              IDENTITIES,
              "MachineIdentity",
              one(List.of(Api.REVOKE, Api.SUSPEND, Api.SUSPEND, Api.COMPROMISED)),
              request());
      case 17, 22, 23 -> annotate(SECRETS, "Secret", Api.ADOPT, one(IDENTITIES));
      case 26 -> annotate(IDENTITIES, "MachineIdentity", Api.REVIEW, review());
      case 24 -> annotate(SECRETS, "Secret", Api.ISSUED_AT, "2100-01-01T00:00:00Z");
      default -> markForDeletion();
    }
  }

  private String review() {
    var at = world.now().plusSeconds(random.nextInt(1_000) - 600).truncatedTo(ChronoUnit.SECONDS);
    return chance(90) ? "alice@example.com " + at : one(GARBAGE);
  }

  /// A Deployment that uses a Secret, and its pod.
  private void writeConsumer() {
    var secret = one(SECRETS);
    var paused = chance(15);
    world.write(
        "kubectl",
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace(NAMESPACE)
            .withGeneration(1L)
            .endMetadata()
            .withNewSpec()
            .withPaused(paused)
            .withReplicas(1)
            .withNewTemplate()
            .withSpec(uses(secret))
            .endTemplate()
            .endSpec()
            .withNewStatus()
            .withObservedGeneration(1L)
            .withReplicas(1)
            .withUpdatedReplicas(1)
            .withAvailableReplicas(chance(80) ? 1 : 0)
            .endStatus()
            .build());
    if (chance(85)) {
      world.write("kubelet", pod(secret));
    }
  }

  private static PodSpec uses(String secret) {
    return new PodSpecBuilder()
        .addNewContainer()
        .withName("web")
        .addNewEnvFrom()
        .withNewSecretRef(secret, false)
        .endEnvFrom()
        .endContainer()
        .build();
  }

  private Pod pod(String secret) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("web-1-" + random.nextInt(2))
        .withNamespace(NAMESPACE)
        .addToLabels("pod-template-hash", "1")
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("ReplicaSet")
        .withName("web-1")
        .withUid("replicas")
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withSpec(uses(secret))
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  /// The hooks that run come to their end.
  void jobsEnd() {
    for (var object : List.copyOf(world.truth())) {
      if (object instanceof Job job && isNew(job) && Step.issue.name().equals(step(job))) {
        if (chance(80)) {
          world.write(
              "kube-controller-manager",
              new JobBuilder(job).withNewStatus().withActive(1).endStatus().build());
        }
      } else if (object instanceof Job job && isRunning(job) && chance(80)) {
        if (Step.issue.name().equals(step(job)) && chance(90)) {
          world.obtain(job);
        }
        world.write(
            "kube-controller-manager",
            new JobBuilder(job)
                .withNewStatus()
                .addNewCondition()
                .withType(chance(75) ? "Complete" : "Failed")
                .withStatus("True")
                .withLastTransitionTime(world.now().toString())
                .endCondition()
                .endStatus()
                .build());
      }
    }
  }

  private static boolean isNew(Job job) {
    return job.getStatus() == null;
  }

  private static boolean isRunning(Job job) {
    return isNew(job) || job.getStatus().getConditions().isEmpty();
  }

  private static String step(Job job) {
    return job.getMetadata().getAnnotations().getOrDefault(Api.STEP, "");
  }

  private static List<String> ourAnnotations() {
    return List.of(
        Api.SECRET_VERSION,
        Api.ISSUED_AT,
        Api.PREVIOUS_RETIRES_AT,
        Api.RECIPE,
        Api.ROTATED_FOR_IDENTITY,
        Api.ROTATED_FOR_SECRET,
        Api.OWNER,
        Api.EXPIRES_AT);
  }

  void timePasses() {
    var step =
        switch (random.nextInt(6)) {
          case 0 -> Duration.ofMillis(1 + random.nextInt(3000));
          case 1 -> Duration.ofSeconds(1 + random.nextInt(120));
          case 2 -> Duration.ofMinutes(1 + random.nextInt(600));
          case 3 -> Duration.ofHours(1 + random.nextInt(100));
          case 4 -> Duration.ofDays(1 + random.nextInt(40));
          default -> Duration.ofDays(1 + random.nextInt(400));
        };
    world.moveTo(world.now().plus(step));
  }

  void cachesLag() {
    for (var kind :
        List.of("MachineIdentity", "Secret", "ServiceAccount", "CredentialPolicy", "Namespace")) {
      world.lag(kind, chance(50) ? random.nextInt(6) : 0);
    }
  }

  private void allowAll(ObjectRef.Kind kind) {
    names(kind).forEach(name -> world.allow(new ObjectRef(kind, name)));
  }

  private ObjectRef subject() {
    var kind = one(List.copyOf(ObjectRef.Kind.OF_MEMBERS));
    return new ObjectRef(kind, one(names(kind)));
  }

  private static List<String> names(ObjectRef.Kind kind) {
    return switch (kind) {
      case ServiceAccount -> ACCOUNTS;
      case Secret -> SECRETS;
      case Certificate -> CERTIFICATES;
      case Job, CronJob, Deployment, StatefulSet, DaemonSet, Rollout, Pod, Suspension -> List.of();
    };
  }

  private void deleteSomething() {
    var object = one(List.copyOf(world.truth()));
    var name = object.getMetadata().getName();
    var namespace = object.getMetadata().getNamespace();
    if (object instanceof MachineIdentity && chance(50)) {
      world.orphan(object.getKind(), namespace, name);
    } else {
      world.delete(object.getKind(), namespace == null ? "" : namespace, name);
    }
    if (world.truth().isEmpty()) {
      writeIdentity();
    }
  }

  /// With a finalizer of somebody else, so that it stays for a while.
  private void markForDeletion() {
    var object = one(List.copyOf(world.truth()));
    if (!(object instanceof CredentialPolicy)) {
      change(
          object,
          new ObjectMetaBuilder(object.getMetadata())
              .withDeletionTimestamp(world.now().toString())
              .build());
    }
  }

  private String request() {
    return chance(15) ? one(GARBAGE) : "request-" + random.nextInt(4);
  }

  private void annotate(List<String> names, String kind, String key, String value) {
    annotate(one(names), kind, key, value);
  }

  private void annotate(String name, String kind, String key, String value) {
    world
        .truth(kind, NAMESPACE, name)
        .ifPresent(
            found ->
                change(
                    found,
                    new ObjectMetaBuilder(found.getMetadata())
                        .addToAnnotations(Map.of(key, value))
                        .build()));
  }

  private void resume(String identity) {
    world
        .truth("MachineIdentity", NAMESPACE, identity)
        .ifPresent(
            found ->
                change(
                    found,
                    new ObjectMetaBuilder(found.getMetadata())
                        .removeFromAnnotations(Api.SUSPEND)
                        .removeFromAnnotations(Api.COMPROMISED)
                        .build()));
  }

  private void plant() {
    var subject = subject();
    world
        .truth(subject.kind().name(), NAMESPACE, subject.name())
        .ifPresent(
            found -> {
              var meta = new ObjectMetaBuilder(found.getMetadata());
              meta.addToLabels(Map.of(chance(50) ? Api.IDENTITY : "app", one(IDENTITIES)));
              if (chance(50)) {
                meta.addToAnnotations(Map.of(chance(50) ? Api.OWNER : Api.TEAM, one(CONTACTS)));
              }
              change(found, meta.build());
            });
  }

  private void change(HasMetadata object, ObjectMeta meta) {
    world.write("kubectl", World.with(object, meta));
  }

  // What there is.

  private HasMetadata namespace() {
    var annotations = new HashMap<String, String>();
    if (chance(50)) {
      annotations.put(Api.OWNER, chance(90) ? one(CONTACTS) : one(GARBAGE));
    }
    if (chance(50)) {
      annotations.put(Api.TEAM, "team-" + random.nextInt(2));
    }
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(NAMESPACE)
        .withLabels(Map.of("env", one(List.of("prod", "test"))))
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  private void writeIdentity() {
    var name = one(IDENTITIES);
    var identity = new MachineIdentity();
    var before = world.truth("MachineIdentity", NAMESPACE, name);
    identity.setMetadata(
        before
            .map(HasMetadata::getMetadata)
            .orElseGet(
                () ->
                    new ObjectMetaBuilder()
                        .withName(name)
                        .withNamespace(NAMESPACE)
                        .withCreationTimestamp(
                            world.now().minusSeconds(random.nextInt(50_000_000)).toString())
                        .build()));
    before
        .map(MachineIdentity.class::cast)
        .ifPresent(found -> identity.setStatus(found.getStatus()));
    identity.setSpec(spec());
    world.write("kubectl", identity);
  }

  private MachineIdentitySpec spec() {
    return new MachineIdentitySpec(
        null,
        null,
        oneOrNull(
            80,
            () ->
                new Owner(
                    oneOrNull(50, () -> "team-" + random.nextInt(2)),
                    oneOrNull(80, () -> one(CONTACTS)),
                    oneOrNull(50, () -> one(CONTACTS)))),
        oneOrNull(50, () -> one(List.of(ActorType.values()))),
        chance(15) ? State.Suspended : null,
        oneOrNull(30, () -> world.now().plusSeconds(random.nextInt(6_000_000) - 1_000_000)),
        chance(20) ? DeletionPolicy.Retain : null,
        some(ACCOUNTS).map(this::account).toList(),
        some(SECRETS).map(this::secret).toList(),
        some(CERTIFICATES).map(this::certificateMember).toList(),
        oneOrNull(40, () -> new MemberSelector(Map.of("app", one(IDENTITIES)), null)));
  }

  private Stream<String> some(List<String> names) {
    return names.stream().filter(_ -> chance(50)).toList().stream();
  }

  private ServiceAccountMember account(String name) {
    return new ServiceAccountMember(
        name, oneOrNull(60, () -> new ServiceAccountMember.Provision(chance(30))));
  }

  private CertificateMember certificateMember(String name) {
    return new CertificateMember(name, oneOrNull(70, this::issue));
  }

  private Issue issue() {
    return new Issue(
        new IssuerRef(null, one(List.of("Issuer", "ClusterIssuer")), one(ISSUERS)),
        one(OUTPUTS),
        "crm.sales",
        oneOrNull(40, () -> List.of("crm.sales.svc")),
        null,
        null,
        null,
        oneOrNull(50, () -> one(List.of("24h", "2160h", "8760h"))),
        oneOrNull(50, () -> one(List.of("5m", "8h"))),
        oneOrNull(
            50,
            () ->
                new PrivateKey(
                    one(List.of(CertificateMember.Algorithm.values())), null, null, null)));
  }

  private Certificates certificateRules() {
    return new Certificates(
        oneOrNull(50, () -> one(List.of("24h", "2160h"))),
        oneOrNull(80, () -> one(List.of("1h", "12h"))),
        oneOrNull(20, () -> List.of(new AllowedIssuer(null, "ClusterIssuer", "corp"))),
        oneOrNull(
            90,
            () ->
                new Keys(
                    oneOrNull(
                        30, () -> List.of(one(List.of(CertificateMember.Algorithm.values())))),
                    oneOrNull(90, () -> 3072),
                    oneOrNull(50, () -> 384))));
  }

  /// Issuers, each of a CA that cert-manager has just made or renewed.
  private void writeIssuers() {
    ISSUERS.forEach(name -> writeIssuer(name, NAMESPACE));
    ISSUERS.forEach(name -> writeIssuer(name, "cert-manager"));
  }

  private void writeIssuer(String name, String namespace) {
    var spec = new IssuerSpecBuilder().withNewCa().withSecretName(name + "-ca").endCa().build();
    world.write(
        "kubectl",
        namespace.equals(NAMESPACE)
            ? new IssuerBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withSpec(spec)
                .build()
            : new ClusterIssuerBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withSpec(spec)
                .build());
    world.write(
        "cert-manager",
        new CertificateBuilder()
            .withNewMetadata()
            .withName(name + "-ca")
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .withIsCA(true)
            .withSecretName(name + "-ca")
            .withNewIssuerRef("cert-manager.io", "Issuer", "self")
            .endSpec()
            .withNewStatus()
            .withNotBefore(world.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .endStatus()
            .build());
  }

  /// cert-manager issues what is asked for, or fails to.
  private void certificatesAreIssued() {
    for (var object : List.copyOf(world.truth())) {
      if (object instanceof Certificate certificate
          && certificate.getSpec() != null
          && certificate.getSpec().getSecretName() != null
          && !Boolean.TRUE.equals(certificate.getSpec().getIsCA())) {
        world.write("cert-manager", issued(certificate));
        world.write("cert-manager", output(certificate));
      }
    }
  }

  private Certificate issued(Certificate certificate) {
    var fails = chance(40);
    var status = certificate.getStatus();
    var since =
        fails && status != null && status.getNotBefore() != null
            ? status.getNotBefore()
            : world.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS).toString();
    return new CertificateBuilder(certificate)
        .withNewStatus()
        .withNotBefore(since)
        .withNotAfter(Instant.parse(since).plusSeconds(7_776_000).toString())
        .withRenewalTime(Instant.parse(since).plusSeconds(5_184_000).toString())
        .withRevision(Issued.revision(status) + (fails ? 0 : 1))
        .withFailedIssuanceAttempts(fails ? 1 + random.nextInt(8) : null)
        .withLastFailureTime(fails ? world.now().truncatedTo(ChronoUnit.SECONDS).toString() : null)
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  private static Secret output(Certificate certificate) {
    return secretOf(
        new ObjectMetaBuilder()
            .withName(certificate.getSpec().getSecretName())
            .withNamespace(certificate.getMetadata().getNamespace())
            .addToAnnotations(
                "cert-manager.io/certificate-name", certificate.getMetadata().getName())
            .build());
  }

  private SecretMember secret(String name) {
    if (isIssuing && chance(40)) {
      return issued(name);
    }
    if (chance(25)) {
      return new SecretMember(
          name, null, null, null, null, null, new Token(one(ACCOUNTS), null, "24h", null));
    }
    return chance(80)
        ? new SecretMember(
            name,
            null,
            null,
            new Generate(keys()),
            oneOrNull(70, this::rotation),
            oneOrNull(40, this::hooks),
            null)
        : new SecretMember(name, null, null, null, null, null, null);
  }

  /// Its value is of another system.
  private SecretMember issued(String name) {
    var hook = new Hook("hook", "5m");
    var token =
        new KeyRecipe("token", null, null, null, null, null, null, null, new Generate.Issued(true));
    var keys = new ArrayList<>(List.of(token));
    if (chance(50)) {
      keys.addAll(keys());
    }
    return new SecretMember(
        name,
        null,
        null,
        new Generate(keys),
        oneOrNull(70, this::rotation),
        new Hooks(hook, oneOrNull(40, () -> hook), null, hook, null, null, null),
        null);
  }

  private Hooks hooks() {
    var hook = new Hook("hook", "5m");
    var lock = oneOrNull(40, () -> hook);
    return new Hooks(
        oneOrNull(60, () -> hook),
        oneOrNull(60, () -> hook),
        oneOrNull(40, () -> hook),
        lock,
        lock,
        oneOrNull(30, () -> new Probe("hook", one(List.of("1m", "1h", "48h")), "1m")));
  }

  private List<KeyRecipe> keys() {
    var password =
        new KeyRecipe(
            "password", null, new Generate.Password(16, null), null, null, null, null, null);
    var keys = new ArrayList<>(List.of(password));
    if (chance(30)) {
      keys.add(new KeyRecipe("user", "crm", null, null, null, null, null, null));
    }
    if (chance(15)) {
      var template = chance(50) ? "{user}:{password}" : "{password}";
      keys.add(new KeyRecipe("url", null, null, null, null, null, null, template));
    }
    return keys;
  }

  private Rotation rotation() {
    return new Rotation(every(), null, null, overlap());
  }

  private String every() {
    return one(List.of("10s", "25s", "10m", "7h", "168h", "720h", "8760h"));
  }

  private String overlap() {
    return oneOrNull(40, () -> one(List.of("0s", "9s", "5m", "6h", "100h")));
  }

  private void writePolicy() {
    world.write("kubectl", policy());
  }

  /// Any policy, of one of few names.
  CredentialPolicy policy() {
    var policy = new CredentialPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName(one(List.of("a", "b", "c"))).build());
    policy.setSpec(
        new CredentialPolicySpec(
            random.nextInt(3),
            new Match(
                oneOrNull(30, () -> new LabelSelector(Map.of("env", "prod"), null)),
                null,
                oneOrNull(20, () -> List.of(one(TYPES)))),
            one(List.of(Enforcement.Audit, Enforcement.Enforce, Enforcement.Enforce)),
            oneOrNull(
                60,
                () ->
                    new OwnerRule(
                        chance(70),
                        oneOrNull(40, () -> one(List.of("[^@ ]+@example\\.com", "[^@ "))),
                        chance(30))),
            chance(10) ? new Approval(true) : null,
            oneOrNull(
                40,
                () ->
                    new Lifetime(
                        oneOrNull(70, () -> one(List.of("8760h", "20000h"))),
                        oneOrNull(40, () -> one(List.of(List.<String>of(), List.of("48h")))),
                        oneOrNull(30, () -> OnExpiry.Suspend),
                        null)),
            oneOrNull(60, this::policyRotation),
            tokens(),
            oneOrNull(80, this::certificateRules),
            audited(oneOrNull(20, this::privileges)),
            oneOrNull(20, () -> new Idle(one(List.of("1h", "2160h")), action())),
            behavior(),
            oneOrNull(40, () -> new Review(one(List.of("1h", "2160h", "20000h")), action())),
            null,
            oneOrNull(20, () -> new Safety(one(List.of(0, 1, 5))))));
    return policy;
  }

  private Privileges privileges() {
    return new Privileges(
        one(List.of(Severity.values())),
        null,
        oneOrNull(50, () -> one(List.of("24h", "2160h"))),
        one(List.of(OnUnusedRights.values())));
  }

  /// Where there are audit events, more policies ask what they show of rights.
  private Privileges audited(Privileges drawn) {
    return switch ((int) (events.isEmpty() ? 0 : world.now().getEpochSecond() % 3)) {
      case 1 -> new Privileges(Severity.Critical, null, "24h", OnUnusedRights.Report);
      case 2 -> new Privileges(Severity.Critical, null, "720h", OnUnusedRights.Report);
      default -> drawn;
    };
  }

  private Behavior behavior() {
    return switch ((int) (events.isEmpty() ? 0 : world.now().getEpochSecond() % 4)) {
      case 1 -> new Behavior("24h", List.of("10.0.0.0/8"), null, 2, OnOdd.Suspend);
      case 2 -> new Behavior("24h", null, List.of(BehaviorFinding.NewRight), 2, OnOdd.Report);
      case 3 -> new Behavior(null, null, null, null, OnOdd.Ignore);
      default -> null;
    };
  }

  private CredentialPolicySpec.Action action() {
    return chance(25) ? CredentialPolicySpec.Action.Suspend : CredentialPolicySpec.Action.Report;
  }

  private Tokens tokens() {
    return switch ((int) (world.now().getEpochSecond() % 3)) {
      case 0 -> new Tokens(null, new LegacyTokens("1h", OnUnused.Report));
      case 1 -> new Tokens(null, new LegacyTokens("1h", OnUnused.Invalidate));
      default -> null;
    };
  }

  private PolicyRotation policyRotation() {
    var schedules = List.of("*/5 * * * *", "0 2 1 * *", "30 2 * * 0", "0 25 * * *", "0 0 30 2 *");
    var scheduled = chance(40);
    return new PolicyRotation(
        scheduled ? null : oneOrNull(70, this::every),
        scheduled ? one(schedules) : null,
        scheduled ? oneOrNull(50, () -> one(List.of("Europe/Berlin", "Mars/Base"))) : null,
        oneOrNull(40, () -> one(List.of("1h", "720h"))),
        overlap(),
        oneOrNull(30, () -> "200h"),
        world.now().getEpochSecond() % 5 == 0 ? CredentialPolicySpec.OnConsumersPending.Keep : null,
        oneOrNull(40, () -> List.of(new Window("0 22 * * *", one(List.of("1s", "6h")), null))),
        oneOrNull(
            90,
            () ->
                new CredentialPolicySpec.Restart(
                    one(
                        List.of(
                            Strategy.None,
                            Strategy.Rollout,
                            Strategy.Rollout,
                            Strategy.Evict,
                            Strategy.Evict)),
                    1,
                    "10m")),
        oneOrNull(50, () -> 2));
  }

  private void writeForeign() {
    var subject = subject();
    var meta =
        new ObjectMetaBuilder()
            .withName(subject.name())
            .withNamespace(NAMESPACE)
            .withLabels(new HashMap<>())
            .withAnnotations(new HashMap<>());
    if (world.truth(subject.kind().name(), NAMESPACE, subject.name()).isPresent()) {
      return;
    }
    if (chance(50)) {
      meta.addToLabels("app", one(IDENTITIES));
    }
    if (chance(25)) {
      meta.addToLabels(Api.IDENTITY, one(IDENTITIES));
    }
    if (chance(25)) {
      meta.addToAnnotations(Api.OWNER, one(CONTACTS));
    }
    if (chance(25)) {
      meta.addToAnnotations(Api.EXPIRES_AT, one(GARBAGE));
    }
    if (chance(30)) {
      meta.addToAnnotations("kubernetes.io/service-account.name", one(ACCOUNTS));
      if (chance(60)) {
        meta.addToLabels(Api.LAST_USED, day(world.now().minusSeconds(random.nextInt(20_000_000))));
      }
    }
    if (chance(15)) {
      // what an identity that is gone has left
      meta.withOwnerReferences(
          new OwnerReferenceBuilder()
              .withApiVersion(Api.GROUP + "/" + Api.VERSION)
              .withKind("MachineIdentity")
              .withName(one(IDENTITIES))
              .withUid("gone")
              .withController(true)
              .build());
    }
    world.write(
        "kubectl",
        switch (subject.kind()) {
          case ServiceAccount -> new ServiceAccountBuilder().withMetadata(meta.build()).build();
          case Secret -> secretOf(meta.build());
          case Certificate -> certificate(meta.build());
          case Job, CronJob, Deployment, StatefulSet, DaemonSet, Rollout, Pod, Suspension ->
              throw new AssertionError(subject);
        });
  }

  private static String day(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  private static Secret secretOf(ObjectMeta meta) {
    return new SecretBuilder().withMetadata(meta).build();
  }

  private HasMetadata certificate(ObjectMeta meta) {
    var certificate = new CertificateBuilder().withMetadata(meta);
    if (chance(80)) {
      certificate
          .withNewStatus()
          .withNotBefore(world.now().minusSeconds(random.nextInt(1_000_000)).toString())
          .withNotAfter(world.now().plusSeconds(random.nextInt(10_000_000)).toString())
          .withRenewalTime(world.now().plusSeconds(random.nextInt(9_000_000)).toString())
          .addNewCondition()
          .withType("Ready")
          .withStatus(chance(70) ? "True" : "False")
          .withMessage("as cert-manager says")
          .endCondition()
          .endStatus();
    }
    return certificate.build();
  }
}
