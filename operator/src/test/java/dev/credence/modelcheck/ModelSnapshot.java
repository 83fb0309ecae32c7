// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.CertManager;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.Handled;
import dev.credence.facts.credential.HookJob;
import dev.credence.facts.credential.HookRun;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.Hooks.Hook;
import dev.credence.facts.credential.Hooks.Step;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.LifecycleRequests;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Aborted;
import dev.credence.facts.identity.Member.EndDate;
import dev.credence.facts.identity.Member.Issue;
import dev.credence.facts.identity.Member.IssuedKeys;
import dev.credence.facts.identity.Member.Moving;
import dev.credence.facts.identity.Member.Previous;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.RecordedStatus;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.Vetting;
import dev.credence.facts.object.Controller;
import dev.credence.facts.object.NamespaceFacts;
import dev.credence.facts.object.ObjectFacts;
import dev.credence.facts.object.ObjectFacts.Adoption;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.facts.object.OwnershipMarks;
import dev.credence.facts.object.OwnershipMarks.Mark;
import dev.credence.facts.object.Preconditions;
import dev.credence.facts.object.Selector;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Policy.Enforcement;
import dev.credence.facts.policy.PolicySections;
import dev.credence.facts.policy.PolicySections.Rotation;
import dev.credence.facts.policy.RotationProcedure;
import dev.credence.facts.policy.RotationProcedure.Restart;
import dev.credence.facts.policy.RotationRule;
import dev.credence.facts.rbac.Grants;
import dev.credence.facts.time.Timing;
import dev.credence.facts.time.Windows;
import dev.credence.facts.usage.Consumers;
import dev.credence.facts.usage.PodFacts;
import dev.credence.facts.usage.UsageEvidence;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.facts.usage.WorkloadFacts.Rollout;
import dev.credence.modelcheck.ModelState.Asked;
import dev.credence.modelcheck.ModelState.Held;
import dev.credence.modelcheck.ModelState.Outcome;
import dev.credence.modelcheck.ModelState.Part;
import dev.credence.modelcheck.ModelState.Pod;
import dev.credence.modelcheck.ModelState.Run;
import dev.credence.modelcheck.ModelState.Staged;
import dev.credence.modelcheck.ModelState.Work;
import dev.credence.modelcheck.WorldRules.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The facts of a state, as the caches would give them to the core. The resource version of an
/// object is derived from its content: where an object returns to an earlier content, a write may
/// succeed that Kubernetes would reject, and does what it should.
final class ModelSnapshot {
  private static final Instant BEGINNING = Instant.parse("2026-03-02T08:00:00Z");
  private static final String IDENTITY = "payments-api";
  private static final String UID = "identity-1";
  private static final String ACCOUNT = "payments";
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private static final OwnershipMarks OURS =
      new OwnershipMarks(
          Optional.of(new Mark(IDENTITY, true)),
          Optional.of(new Mark("ada@example.com", true)),
          Optional.empty());
  private static final OwnershipMarks NONE =
      new OwnershipMarks(Optional.empty(), Optional.empty(), Optional.empty());
  private static final Optional<Controller> US =
      Optional.of(new Controller("MachineIdentity", IDENTITY, UID));

  private static final List<SecretContent> RECIPES =
      List.of(password(32), password(40), password(48));
  private static final List<String> DIGESTS = RECIPES.stream().map(SecretContent::digest).toList();

  /// Those with a key of another system.
  private static final List<SecretContent> ISSUED =
      RECIPES.stream().map(ModelSnapshot::issued).toList();

  private static final SuspensionFacts ISSUED_IS_PROTECTED =
      new SuspensionFacts(
          Set.of(Admission.Issued),
          Set.of(),
          Optional.empty(),
          Map.of(),
          SuspensionFacts.MOST_SUSPENDED,
          List.of(),
          List.of(),
          List.of(),
          Set.of(),
          Map.of(),
          Optional.empty(),
          Vetting.NONE);

  private final WorldRules rules;
  private final List<Policy> policies;
  private final List<RotationRule> rotations;

  ModelSnapshot(WorldRules rules) {
    this.rules = rules;
    var rotation =
        new RotationRule(
            rules.every > 0
                ? Optional.of(new Timing.Every(Duration.ofSeconds(rules.every)))
                : Optional.empty(),
            Optional.of(Duration.ofSeconds(rules.overlap)),
            Optional.empty());
    this.rotations = rules.secrets.stream().map(_ -> rotation).toList();
    this.policies =
        List.of(
            new Policy(
                "standard",
                1,
                0,
                Selector.EVERYTHING,
                Selector.EVERYTHING,
                Set.of(),
                Enforcement.Enforce,
                sections(
                    new Rotation(
                        RotationRule.SILENT,
                        new RotationProcedure(
                            Windows.ANY_TIME,
                            new Restart(rules.strategy, rules.maxParallel, Duration.ofMinutes(10)),
                            Optional.of(Duration.ofSeconds(rules.maxOverlap)),
                            rules.attempts))),
                List.of()));
  }

  private static PolicySections sections(Rotation rotation) {
    return new PolicySections(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(rotation),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static SecretContent password(int length) {
    return new GeneratedContent(
        List.of(
            new KeySpec("password", new Generator.Password(length, Generator.Characters.Symbols))));
  }

  private static SecretContent issued(SecretContent generatorSpec) {
    return new GeneratedContent(
        Stream.concat(
                Stream.of(new KeySpec("token", new Generator.Issued(true))),
                ((GeneratedContent) generatorSpec).keys().stream())
            .toList());
  }

  static int generatorSpec(String digest) {
    var known = DIGESTS.indexOf(digest);
    return known >= 0 ? known : ISSUED.stream().map(SecretContent::digest).toList().indexOf(digest);
  }

  static Instant time(int second) {
    return BEGINNING.plusSeconds(second);
  }

  static int second(Instant time) {
    return (int) Duration.between(BEGINNING, time).toSeconds();
  }

  /// What the clock says in that minute.
  static Instant now(ModelState s) {
    return time(s.second()).plus(HALF_A_SECOND);
  }

  Snapshot of(ModelState s) {
    return new Snapshot(
        now(s),
        identity(s),
        new NamespaceFacts(Map.of(), Optional.empty(), Optional.empty(), false),
        policies,
        members(s),
        Map.of(),
        CertManager.ABSENT,
        jobs(s),
        s.parts().stream().anyMatch(part -> part.held() != null && part.held().retiresAt() >= 0)
            ? Optional.of(consumers(s))
            : Optional.empty(),
        UsageEvidence.NONE,
        Grants.UNKNOWN,
        ISSUED_IS_PROTECTED,
        List.of());
  }

  private Identity identity(ModelState s) {
    var known = new HashMap<String, Long>();
    var wanted = new ArrayList<SecretWanted>();
    for (var place = 0; place < rules.secrets.size(); place++) {
      var part = s.parts().get(place);
      if (part.past().known() > 0) {
        known.put(rules.secrets.get(place).name(), (long) part.past().known());
      }
      wanted.add(wanted(rules.secrets.get(place), part, rotations.get(place)));
    }
    return new Identity(
        "team-payments",
        IDENTITY,
        UID,
        s.asked().generation(),
        BEGINNING.minus(Duration.ofDays(1)),
        false,
        Map.of(),
        new Requests(
            request(Math.max(0, s.asked().rotate())),
            Optional.empty(),
            Optional.empty(),
            request(s.asked().revoke()),
            request(Math.max(0, -s.asked().rotate())),
            Optional.empty()),
        LifecycleRequests.ACTIVE,
        new Identity.Owner(Optional.of("ada@example.com"), Optional.empty(), Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of(new AccountWanted(ACCOUNT, Optional.empty())),
        wanted,
        List.of(),
        Optional.empty(),
        known,
        Map.of(),
        RecordedStatus.NOTHING);
  }

  private static SecretWanted wanted(Wanted wanted, Part part, RotationRule rotation) {
    var hook = new Hook(wanted.name(), Duration.ofMinutes(1));
    return new SecretWanted(
        wanted.name(),
        Optional.empty(),
        "Opaque",
        Optional.of(
            wanted.isToken()
                ? new TokenRecipe(
                    ACCOUNT,
                    List.of(),
                    Duration.ofSeconds(wanted.token() + part.generatorSpec()),
                    false)
                : (wanted.issue() ? ISSUED : RECIPES).get(part.generatorSpec())),
        rotation,
        new Hooks(
            Optional.of(hook).filter(_ -> wanted.issue()),
            Optional.of(hook).filter(_ -> wanted.apply()),
            Optional.of(hook).filter(_ -> wanted.verify()),
            Optional.of(hook).filter(_ -> wanted.revoke()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private String digest(int place, int generatorSpec) {
    var wanted = rules.secrets.get(place);
    return wanted.isToken()
        ? new TokenRecipe(
                ACCOUNT, List.of(), Duration.ofSeconds(wanted.token() + generatorSpec), false)
            .digest()
        : wanted.issue() ? ISSUED.get(generatorSpec).digest() : DIGESTS.get(generatorSpec);
  }

  private List<Member> members(ModelState s) {
    var members = new ArrayList<Member>();
    members.add(
        new Member.Account(
            new ObjectFacts(
                ObjectRef.account(ACCOUNT),
                new Preconditions("account-1", "1"),
                false,
                false,
                OURS,
                Optional.empty(),
                Adoption.NONE,
                false),
            true));
    for (var place = 0; place < rules.secrets.size(); place++) {
      var part = s.parts().get(place);
      var name = rules.secrets.get(place).name();
      if (part.held() != null) {
        members.add(held(place, name, part.held(), runs(name, part, false, part.held().uid())));
      }
      if (part.staged() != null) {
        members.add(
            staged(place, name, part.staged(), runs(name, part, true, part.staged().uid())));
      }
      for (var anchor : part.anchors()) {
        members.add(
            anchor.foreign()
                ? foreign(ObjectRef.anchorOf(name, anchor.version()))
                : new StoredSecret(
                    ours(ObjectRef.anchorOf(name, anchor.version()), preconditions(anchor)),
                    Optional.empty(),
                    Requests.NONE,
                    Optional.empty(),
                    false,
                    Optional.of(new Member.Part.Anchor(name, anchor.version())),
                    Optional.empty()));
      }
    }
    members.sort(Comparator.comparing(Member::subject));
    return members;
  }

  /// What is recorded of the hooks of a value: all that the watch of Jobs shows. What becomes of
  /// Jobs that are gone is for the properties to try.
  private static List<HookRun> runs(String secret, Part part, boolean ofPending, int uid) {
    return part.runs().stream()
        .filter(run -> run.ofPending() == ofPending && run.uid() == uid)
        .map(run -> job(secret, run).run())
        .toList();
  }

  private StoredSecret held(int place, String name, Held held, List<HookRun> runs) {
    return new StoredSecret(
        ours(ObjectRef.secret(name), preconditions(held)),
        Optional.of(
            new Issue(
                held.version(),
                time(held.issuedAt()),
                held.retiresAt() >= 0 ? Optional.of(time(held.retiresAt())) : Optional.empty(),
                held.previous() == 0
                    ? Previous.Gone
                    : held.ending() ? Previous.Ending : Previous.Kept,
                Optional.of(digest(place, held.generatorSpec())),
                rules.secrets.get(place).isToken() ? Optional.of("account-1") : Optional.empty(),
                handled(held.handled()),
                held.abortedAt() >= 0
                    ? Optional.of(
                        new Aborted(time(held.abortedAt()), digest(place, held.abortedRecipe())))
                    : Optional.empty(),
                Moving.NONE,
                List.of())),
        new Requests(
            request(Math.max(0, held.requests().rotate())),
            request(held.requests().rollback()),
            request(held.requests().abort()),
            request(held.requests().revoke()),
            request(Math.max(0, -held.requests().rotate())),
            Optional.empty()),
        held.endsAt() >= 0 ? Optional.of(new EndDate.At(time(held.endsAt()))) : Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        runs,
        Optional.empty());
  }

  private StoredSecret staged(int place, String name, Staged staged, List<HookRun> runs) {
    return staged.foreign()
        ? foreign(ObjectRef.pendingOf(name))
        : new StoredSecret(
            ours(ObjectRef.pendingOf(name), preconditions(staged)),
            Optional.of(
                new Issue(
                    staged.version(),
                    time(staged.issuedAt()),
                    Optional.empty(),
                    Previous.Kept,
                    Optional.of(digest(place, staged.generatorSpec())),
                    Optional.empty(),
                    handled(staged.handled()),
                    Optional.empty(),
                    Moving.NONE,
                    List.of())),
            Requests.NONE,
            Optional.empty(),
            false,
            Optional.of(new Member.Part.Pending(name, issuedKeys(place, name, staged))),
            Optional.empty(),
            runs,
            Optional.empty());
  }

  private Optional<IssuedKeys> issuedKeys(int place, String name, Staged staged) {
    return Optional.of(
            new IssuedKeys(
                List.of("token"),
                staged.written() ? Set.of("token") : Set.of(),
                staged.admitted() == 0
                    ? Optional.empty()
                    : Optional.of(
                        HookJob.name(name, staged.version(), Step.issue, staged.admitted()))))
        .filter(_ -> rules.secrets.get(place).issue());
  }

  private static ObjectFacts ours(ObjectRef subject, Preconditions preconditions) {
    return new ObjectFacts(subject, preconditions, false, true, OURS, US, Adoption.NONE, false);
  }

  private static StoredSecret foreign(ObjectRef subject) {
    return new StoredSecret(
        new ObjectFacts(
            subject,
            new Preconditions("foreign", "1"),
            false,
            false,
            NONE,
            Optional.empty(),
            Adoption.NONE,
            false),
        Optional.empty(),
        Requests.NONE,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  static Preconditions preconditions(Held held) {
    return new Preconditions("s" + held.uid(), held.text());
  }

  static Preconditions preconditions(Staged staged) {
    return new Preconditions(
        "p" + staged.uid(), "1" + staged.admitted() + (staged.written() ? "w" : ""));
  }

  static Preconditions preconditions(ModelState.Anchor anchor) {
    return new Preconditions("a" + anchor.uid(), "1");
  }

  static Preconditions preconditions(Run run) {
    return new Preconditions(
        "j" + run.createdAt() + (run.ofPending() ? "p" : "s") + run.uid(),
        run.outcome() + "" + run.endedAt());
  }

  static Preconditions preconditions(int place, Work work) {
    return new Preconditions(
        "w" + place, work.restartedFor() + "." + work.restartedAt() + "." + work.pods());
  }

  static Preconditions preconditions(Pod pod) {
    return new Preconditions(
        "p" + pod.createdAt() + "." + pod.template() + "." + pod.values(), "1");
  }

  private List<HookJob> jobs(ModelState s) {
    return IntStream.range(0, rules.secrets.size())
        .boxed()
        .flatMap(
            place ->
                s.parts().get(place).runs().stream()
                    .map(run -> job(rules.secrets.get(place).name(), run)))
        .sorted(Comparator.comparing(HookJob::subject))
        .toList();
  }

  private static HookJob job(String secret, Run run) {
    return new HookJob(
        subject(secret, run),
        preconditions(run),
        secret,
        run.step(),
        run.version(),
        run.attempt(),
        (run.ofPending() ? "p" : "s") + run.uid(),
        run.generation(),
        "",
        time(run.createdAt()),
        run.outcome() == Outcome.Running
            ? new HookJob.Outcome.Running()
            : run.outcome() == Outcome.Succeeded
                ? new HookJob.Outcome.Succeeded(time(run.endedAt()))
                : new HookJob.Outcome.Failed(time(run.endedAt()), "BackoffLimitExceeded"),
        false,
        run.outcome() == Outcome.Running);
  }

  static ObjectRef subject(String secret, Run run) {
    return ObjectRef.job(HookJob.name(secret, run.version(), run.step(), run.attempt()));
  }

  private Consumers consumers(ModelState s) {
    var workloads = new ArrayList<WorkloadFacts>();
    var pods = new ArrayList<PodFacts>();
    for (var place = 0; place < s.works().size(); place++) {
      var work = s.works().get(place);
      var subject = workload(place);
      var secrets =
          rules.workloads.get(place).stream()
              .map(used -> rules.secrets.get(used).name())
              .collect(Collectors.toSet());
      workloads.add(
          new WorkloadFacts(
              subject,
              preconditions(place, work),
              secrets,
              rules.replicas,
              restartedFor(work.restartedFor()),
              work.restartedAt() >= 0 ? Optional.of(time(work.restartedAt())) : Optional.empty(),
              rollout(work)));
      for (var at = 0; at < work.pods().size(); at++) {
        var pod = work.pods().get(at);
        pods.add(
            new PodFacts(
                podName(place, at),
                preconditions(pod),
                secrets,
                secrets,
                time(pod.createdAt()),
                Optional.of(new Controller("ReplicaSet", subject.name(), subject.name())),
                Optional.of(subject),
                PodFacts.Returns.Replaced,
                true,
                Optional.empty()));
      }
    }
    return new Consumers(workloads, pods, Optional.empty());
  }

  private Optional<String> restartedFor(int code) {
    return code == 0
        ? Optional.empty()
        : Optional.of(rules.secrets.get(code % 10).name() + "-v" + code / 10);
  }

  /// The number for what [ModelSnapshot#restartedFor] says.
  int restartedFor(String text) {
    for (var place = 0; place < rules.secrets.size(); place++) {
      var start = rules.secrets.get(place).name() + "-v";
      if (text.startsWith(start)) {
        return 10 * Integer.parseInt(text.substring(start.length())) + place;
      }
    }
    throw new IllegalArgumentException(text);
  }

  private Rollout rollout(Work work) {
    var fresh = work.pods().stream().filter(pod -> pod.template() == work.restartedFor()).count();
    return fresh == rules.replicas && work.pods().size() == rules.replicas
        ? new Rollout.Done()
        : new Rollout.UnderWay(fresh + " of " + rules.replicas + " pods are new");
  }

  static ObjectRef workload(int place) {
    return new ObjectRef(Kind.Deployment, "consumer-" + place);
  }

  static String podName(int work, int place) {
    return "consumer-" + work + "-" + place;
  }

  private static Optional<Request> request(int number) {
    return text(number).map(Request.Asked::new);
  }

  private static Optional<String> text(int number) {
    return number == 0 ? Optional.empty() : Optional.of(String.valueOf(number));
  }

  private static int number(Optional<String> text) {
    return text.map(Integer::parseInt).orElse(0);
  }

  /// The later one of a request and an urgent one, which is below zero.
  private static int latest(Optional<String> rotate, Optional<String> now) {
    return number(now) > number(rotate) ? -number(now) : number(rotate);
  }

  private static Handled handled(ModelState.Handled numbers) {
    return new Handled(
        text(Math.max(0, numbers.identityRotate())),
        text(numbers.identityRevoke()),
        text(Math.max(0, numbers.rotate())),
        text(numbers.rollback()),
        text(numbers.abort()),
        text(numbers.revoke()),
        new Handled.Rotations(
            text(Math.max(0, -numbers.identityRotate())),
            Optional.empty(),
            text(Math.max(0, -numbers.rotate())),
            Optional.empty()));
  }

  /// What is left out of an update stays as it was.
  static ModelState.Handled merged(ModelState.Handled before, Handled after) {
    return new ModelState.Handled(
        or(
            latest(after.identityRotate(), after.rotations().identityNow()),
            before.identityRotate()),
        or(number(after.identityRevoke()), before.identityRevoke()),
        or(latest(after.rotate(), after.rotations().now()), before.rotate()),
        or(number(after.rollback()), before.rollback()),
        or(number(after.abort()), before.abort()),
        or(number(after.revoke()), before.revoke()));
  }

  private static int or(int first, int second) {
    return first == 0 ? second : first;
  }

  /// The state as a watch shows it that is late: what it is late with comes from `before`.
  static ModelState mixed(
      ModelState now, @Nullable ModelState before, WorldRules.@Nullable Lag lag) {
    if (before == null || lag == null) {
      return now;
    }
    var isSecrets = lag == WorldRules.Lag.Secrets || lag == WorldRules.Lag.Watches;
    var isJobs = lag == WorldRules.Lag.Jobs || lag == WorldRules.Lag.Watches;
    var isIdentity = lag == WorldRules.Lag.Identity || lag == WorldRules.Lag.Watches;
    var parts = new ArrayList<Part>();
    for (var place = 0; place < now.parts().size(); place++) {
      var fresh = now.parts().get(place);
      var old = before.parts().get(place);
      var part = fresh;
      if (isSecrets) {
        part = part.with(old.held()).staging(old.staged()).anchored(old.anchors());
      }
      if (isJobs) {
        part = part.running(old.runs());
      }
      if (isIdentity) {
        // Of its own status the operator knows the newest.
        part = part.wanting(old.generatorSpec());
      }
      parts.add(part);
    }
    Asked asked = isIdentity ? before.asked() : now.asked();
    return new ModelState(
        now.minute(),
        asked,
        List.copyOf(parts),
        lag == WorldRules.Lag.Consumers ? before.works() : now.works());
  }
}
