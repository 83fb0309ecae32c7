// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.lifecycle;

import dev.credence.decide.membership.MemberRole;
import dev.credence.decide.membership.Membership;
import dev.credence.facts.Snapshot;
import dev.credence.facts.credential.TokenInvalidation;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Member;
import dev.credence.facts.identity.Member.Part;
import dev.credence.facts.identity.Member.StoredSecret;
import dev.credence.facts.identity.RecordedStatus.EndedToken;
import dev.credence.facts.identity.SuspensionFacts;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.SuspensionFacts.Anchor;
import dev.credence.facts.identity.SuspensionFacts.LegacyToken;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Remembered;
import dev.credence.facts.object.FailedWrite;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.ObjectRef.Kind;
import dev.credence.plan.AccountLock;
import dev.credence.plan.AccountLock.State;
import dev.credence.plan.Action;
import dev.credence.plan.ConditionResult;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus.Suspension;
import dev.credence.plan.IdentityStatus.Suspension.Measure;
import dev.credence.plan.Reason;
import dev.credence.plan.Sentences;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Enforces a suspension, and undoes on resume exactly what was done for this identity, by its UID:
/// what other users did stays.
///
/// A suspension belongs to the account, not to the claim on it: an account that the identity had
/// when it was suspended stays suspended until the identity is resumed, also where a label, the
/// spec or another identity takes it away.
///
/// First the list by which the API server denies writes and new tokens, since that takes effect
/// within a second; then the tokens that were issued.
///
/// `locks`: the accounts in other systems that hooks lock; nothing here waits for these.
public record Suspended(
    Snapshot s,
    ServiceState service,
    Set<String> accounts,
    Set<ObjectRef> held,
    List<AccountLock> locks) {
  private static final Set<Reason> UNHELD = EnumSet.of(Reason.NotEnforced, Reason.SuspensionLimit);

  public Suspended {
    locks = List.copyOf(locks);
  }

  /// The credentials of the status tell of the others.
  private static final int MOST_TOLD = 3;

  private static final String UNCONFIRMED =
      " did not reject the last test request by it. If this lasts for more than a minute, restart the API servers one by one, and see the runbook CredenceSuspensionNotEnforced.";

  /// `accounts`: those of [#accounts]; `held`: Secrets whose token stays invalid for another
  /// reason.
  public static Suspended of(
      Snapshot s, ServiceState service, List<MemberRole> roles, Set<ObjectRef> held) {
    return new Suspended(s, service, accounts(s, roles), held, List.of());
  }

  /// The same with the accounts in other systems.
  public Suspended with(List<AccountLock> found) {
    return new Suspended(s, service, accounts, held, found);
  }

  /// The ServiceAccounts that the identity has, and those that it had when it was suspended.
  public static Set<String> accounts(Snapshot s, List<MemberRole> roles) {
    return Stream.concat(
            MemberRole.accounts(roles).stream(),
            s.suspensionFacts().listedFor(s.identity().uid()).keySet().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  public List<Action> actions() {
    var actions = new ArrayList<Action>();
    if (service instanceof ServiceState.Held held) {
      actions.addAll(holding(held));
    }
    s.suspensionFacts().listedFor(uid()).keySet().stream()
        .filter(account -> !isFrozen(account))
        .sorted()
        .forEach(account -> actions.add(new Action.AllowWrites(ObjectRef.suspension(account))));
    s.suspensionFacts().tokens().stream()
        .filter(
            token -> token.ended().map(TokenInvalidation::uid).filter(uid()::equals).isPresent())
        .filter(token -> !staysEnded(token) && !token.leaving())
        .filter(token -> !held.contains(token.subject()))
        .forEach(
            token -> actions.add(new Action.Revalidate(token.subject(), token.preconditions())));
    return actions;
  }

  private List<Action> holding(ServiceState.Held held) {
    var entry =
        new Listed(
            s.identity().name(), uid(), held.since(), held.cause().why(), held.cause().until());
    return Stream.<Stream<Action>>of(
            toList(entry)
                .map(account -> new Action.DenyWrites(ObjectRef.suspension(account), entry)),
            tokens()
                .filter(token -> !token.invalid())
                .map(
                    token ->
                        new Action.Invalidate(
                            token.subject(),
                            token.preconditions(),
                            held.since(),
                            new TokenInvalidation(uid(), false),
                            "the identity is suspended")),
            anchors()
                .map(
                    anchor ->
                        new Action.Remove(
                            anchor.subject(), anchor.preconditions(), "the identity is suspended")))
        .flatMap(actions -> actions)
        .toList();
  }

  /// The accounts that are kept from acting.
  private Stream<String> frozen() {
    return accounts.stream().filter(this::isFrozen).sorted();
  }

  private boolean isFrozen(String account) {
    return service instanceof ServiceState.Held
        && accounts.contains(account)
        && !s.suspensionFacts().immune().contains(account);
  }

  /// Also where its account is none of the identity's any more.
  private boolean staysEnded(LegacyToken token) {
    return service instanceof ServiceState.Held
        && !s.suspensionFacts().immune().contains(token.account());
  }

  private boolean canBeListed(String account) {
    return SuspensionFacts.canBeListed(s.identity().namespace(), account);
  }

  /// For whomever: it is denied what it is to be denied. An entry of ours is written again where it
  /// would go with the identity and is to stay.
  private boolean isListed(String account, Listed wanted) {
    return Optional.ofNullable(s.suspensionFacts().listed().get(account))
        .filter(
            found ->
                !found.isFor(uid()) || found.outlivesItsIdentity() || !wanted.outlivesItsIdentity())
        .isPresent();
  }

  /// Those that the list is still to have, as far as there is room.
  private Stream<String> toList(Listed wanted) {
    var beyond = beyondTheLimit();
    return frozen()
        .filter(account -> canBeListed(account) && !isListed(account, wanted))
        .filter(account -> !beyond.contains(account));
  }

  /// The number of accounts of the namespace that the list still has room for. An entry that is
  /// written again takes no room.
  private long room() {
    return Math.max(0, s.suspensionFacts().mostListed() - s.suspensionFacts().listed().size());
  }

  /// For these the list has no room.
  private List<String> beyondTheLimit() {
    return frozen()
        .filter(
            account -> canBeListed(account) && !s.suspensionFacts().listed().containsKey(account))
        .skip(room())
        .toList();
  }

  private Stream<LegacyToken> tokens() {
    return s.suspensionFacts().tokens().stream()
        .filter(token -> isFrozen(token.account()) && !token.leaving());
  }

  /// The tokens that are invalid once [#actions] are done.
  public Stream<EndedToken> ended() {
    return tokens()
        .filter(token -> !isBackingOff(token.subject()))
        .flatMap(token -> remembered(s, token, false));
  }

  /// Without the account no token of it is accepted.
  static Stream<EndedToken> remembered(Snapshot s, LegacyToken token, boolean unused) {
    return s.member(ObjectRef.account(token.account())).stream()
        .map(
            account ->
                new EndedToken(
                    token.subject().name(),
                    token.account(),
                    account.object().preconditions().uid(),
                    unused));
  }

  /// Also of an account that is none of the identity's any more.
  public boolean remembers(Remembered ended) {
    return service instanceof ServiceState.Held
        && !s.suspensionFacts().immune().contains(ended.token().account());
  }

  /// The API server looks for a token in the Secret that the token names, of whatever type that is.
  /// Whether the Secret that is there now holds the token is not known, since its bytes are not
  /// read. A new token of a suspended account is ended like the others.
  private List<EndedToken> replaced() {
    var invalidated = tokens().map(LegacyToken::subject).collect(Collectors.toSet());
    var named = new HashSet<String>();
    return s.suspensionFacts().ended().stream()
        .filter(this::remembers)
        .filter(ended -> ended.stands() && !invalidated.contains(ended.subject()))
        .map(Remembered::token)
        .filter(token -> named.add(token.secret()))
        .toList();
  }

  /// The anchors of the tokens of every version: those of this identity, and all of its accounts
  /// that Credence issued, whichever identity asked for them.
  private Stream<Anchor> anchors() {
    if (!(service instanceof ServiceState.Held)) {
      return Stream.of();
    }
    var anchors = new TreeMap<ObjectRef, Anchor>();
    Membership.parts(s, Part.Anchor.class::isInstance)
        .filter(anchor -> !anchor.object().leaving())
        .map(anchor -> new Anchor(anchor.subject(), anchor.object().preconditions(), ""))
        .forEach(anchor -> anchors.put(anchor.subject(), anchor));
    s.suspensionFacts().anchors().stream()
        .filter(anchor -> isFrozen(anchor.account()))
        .forEach(anchor -> anchors.putIfAbsent(anchor.subject(), anchor));
    return anchors.values().stream();
  }

  private String uid() {
    return s.identity().uid();
  }

  /// The measures in effect once [#actions] are done, and the gaps, the worst first. `left`: what
  /// remains for users to do.
  public Optional<Suspension> suspension(List<String> left) {
    if (!(service instanceof ServiceState.Held held)) {
      return Optional.empty();
    }
    var notCovered = Stream.concat(notCovered(), left.stream()).distinct().toList();
    return Optional.of(new Suspension(held.since(), held.cause().reason(), inForce(), notCovered));
  }

  private Set<Measure> inForce() {
    var inForce = EnumSet.noneOf(Measure.class);
    var frozen = frozen().toList();
    if ((!frozen.isEmpty() || tokens().findAny().isPresent() || hasTokens())
        && replaced().isEmpty()
        && Stream.concat(tokens().map(LegacyToken::subject), anchors().map(Anchor::subject))
            .noneMatch(this::isBackingOff)) {
      inForce.add(Measure.TokensInvalidated);
    }
    if (isDenied(frozen, Admission.Writes)) {
      inForce.add(Measure.WritesDenied);
    }
    if (isDenied(frozen, Admission.Tokens)) {
      inForce.add(Measure.NoNewTokens);
    }
    if (!locks.isEmpty() && locks.stream().allMatch(lock -> lock.state() == State.Locked)) {
      inForce.add(Measure.AccountsLocked);
    }
    return inForce;
  }

  private boolean hasTokens() {
    return s.identity().secrets().stream().anyMatch(SecretWanted::isToken);
  }

  private boolean isDenied(List<String> frozen, Admission by) {
    return !frozen.isEmpty()
        && s.suspensionFacts().admissions().contains(by)
        && beyondTheLimit().isEmpty()
        && frozen.stream()
            .allMatch(
                account -> canBeListed(account) && !isBackingOff(ObjectRef.suspension(account)));
  }

  private boolean isBackingOff(ObjectRef subject) {
    return s.failedWrite(subject).isPresent();
  }

  private Stream<String> notCovered() {
    return Stream.of(
            s.failedWrites().stream()
                .filter(failedWrite -> failedWrite.retryAt().isAfter(s.now()))
                .filter(failedWrite -> failedWrite.subject().kind() == Kind.Suspension)
                .map(
                    failedWrite ->
                        "ServiceAccount "
                            + failedWrite.subject().name()
                            + " can still write: "
                            + failedWrite.message()),
            beyondTheLimit().stream()
                .map(account -> "ServiceAccount " + account + " can still write: " + noRoom()),
            frozen().filter(account -> !canBeListed(account)).map(this::tooLong),
            frozen().findAny().stream().flatMap(_ -> missing()),
            frozen().flatMap(this::escapes),
            replaced().stream().map(this::replaced),
            accounts.stream()
                .filter(s.suspensionFacts().immune()::contains)
                .sorted()
                .map(account -> "ServiceAccount " + account + " is exempt from suspension."),
            unbound().stream(),
            frozen().findAny().stream()
                .map(_ -> "Running pods can still read with their current token until it expires."),
            service instanceof ServiceState.Ended
                ? Stream.<String>of()
                : s.members().stream().flatMap(this::works))
        .flatMap(sentences -> sentences)
        .map(Sentences::sentence);
  }

  /// No list has room for its key.
  private String tooLong(String account) {
    return "ServiceAccount "
        + account
        + " can still write and get new tokens: its name is too long for the list of suspended ServiceAccounts ("
        + (s.identity().namespace().length() + 1 + account.length())
        + " characters with its namespace, at most 253). Delete it.";
  }

  private String replaced(EndedToken token) {
    return LegacyTokens.replaced(token)
        + ", or invalidate all tokens of the ServiceAccount: "
        + endingTokens()
        + ".";
  }

  private String endingTokens() {
    return "`kubectl credence suspend "
        + s.identity().name()
        + " -n "
        + s.identity().namespace()
        + " --end-tokens`";
  }

  /// Nothing but the end of its account ends a token that is bound to no object, and nothing tells
  /// that there is one.
  private Optional<String> unbound() {
    var there =
        frozen()
            .filter(
                account ->
                    s.member(ObjectRef.account(account)).isPresent()
                        || s.identity().accounts().stream()
                            .noneMatch(wanted -> wanted.name().equals(account)))
            .toList();
    return there.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Tokens that users requested for ServiceAccount "
                + Sentences.some(there)
                + " stay valid until they expire, also in other systems. "
                + endingTokens()
                + " re-creates the ServiceAccount, which invalidates them.");
  }

  private Stream<String> escapes(String account) {
    return Escapes.of(
        s.identity().namespace(),
        account,
        s.grants(),
        s.suspensionFacts().admissions().contains(Admission.Writes));
  }

  private Stream<String> missing() {
    return Stream.of(
            missing(Admission.Writes, "Writes are not denied"),
            missing(Admission.Tokens, "New tokens are not denied"))
        .flatMap(Optional::stream);
  }

  private Optional<String> missing(Admission admission, String what) {
    return s.suspensionFacts().admissions().contains(admission)
        ? Optional.empty()
        : Optional.of(
            what
                + ": the ValidatingAdmissionPolicy "
                + admission.resource()
                + (s.suspensionFacts().unconfirmed().contains(admission)
                    ? " exists, but " + server() + UNCONFIRMED
                    : " is not active (chart value `admission.enabled`)."));
  }

  private String noRoom() {
    return "the namespace has reached the limit of "
        + s.suspensionFacts().mostListed()
        + " suspended ServiceAccounts. Resume or delete identities of the namespace, or raise the"
        + " chart value `settings.suspensionLimit`.";
  }

  /// The credentials that are checked elsewhere, without the API server of this cluster.
  private Stream<String> works(Member member) {
    return switch (member) {
      case StoredSecret secret
          when secret.part().isEmpty() && !secret.legacyToken() && isWorking(secret) ->
          lock(secret)
              .filter(lock -> lock.state() == State.Locked)
              .<Stream<String>>map(_ -> Stream.of())
              .orElseGet(() -> Stream.of(works(secret)));
      case Member.Certificate certificate ->
          Stream.of(
              certificate.subject()
                  + " stays valid until it expires"
                  + certificate.notAfter().map(end -> " at " + end).orElse("")
                  + ", and cert-manager continues to renew it.");
      case StoredSecret _, Member.Account _ -> Stream.of();
    };
  }

  private String works(StoredSecret secret) {
    return secret.subject()
        + " is still valid in the target system."
        + lock(secret).map(lock -> " " + lock.message()).orElse("")
        + (Membership.isOurs(s, secret.object()) && isRevocable(secret)
            ? " The annotation credence.dev/revoke on it revokes it there."
            : "");
  }

  private Optional<AccountLock> lock(StoredSecret secret) {
    return locks.stream().filter(lock -> lock.secret().equals(secret.subject().name())).findFirst();
  }

  /// A token of ours was ended with its anchor.
  private boolean isWorking(StoredSecret secret) {
    return secret.issue().filter(issue -> issue.account().isPresent()).isEmpty();
  }

  private boolean isRevocable(StoredSecret secret) {
    return s.identity().secrets().stream()
        .anyMatch(
            wanted ->
                wanted.name().equals(secret.subject().name())
                    && wanted.hooks().revoke().isPresent());
  }

  public ConditionResult result() {
    return switch (service) {
      case ServiceState.InService(var note) ->
          note.map(text -> suspended(ConditionStatus.False, Reason.NeverSuspended, text))
              .orElseGet(
                  () ->
                      ConditionResult.notApplicable(
                          ConditionType.Suspended, ConditionStatus.False));
      case ServiceState.Queued(var cause, var budget, var next) ->
          suspended(
              ConditionStatus.False,
              Reason.SuspensionQueued,
              Sentences.sentence("Waiting for suspension: " + cause.why())
                  + " Policy "
                  + budget.policy()
                  + " suspends at most "
                  + budget.most()
                  + " identities an hour (`safety.maxSuspensionsPerHour`)"
                  + next.map(time -> "; the next at " + time).orElse("")
                  + ".");
      case ServiceState.OutOfService(var cause, var since, _) ->
          held(
              reason(cause),
              Sentences.sentence("Suspended since " + since + ": " + cause.why()) + inPart());
      case ServiceState.Ended(var cause, var since) ->
          held(
              reason(cause),
              Sentences.sentence("Decommissioned; suspended since " + since + ": " + cause.why())
                  + inPart());
    };
  }

  /// A gap in the enforcement matters more than the cause, which the status shows as well.
  private Reason reason(ServiceState.Cause cause) {
    return !unenforced().isEmpty()
            || isInPart(s::refusal)
            || !replaced().isEmpty()
            || frozen().anyMatch(account -> !canBeListed(account))
        ? Reason.NotEnforced
        : !beyondTheLimit().isEmpty()
            ? Reason.SuspensionLimit
            : in(State.Failed).findAny().isPresent() ? Reason.AccountsNotLocked : cause.reason();
  }

  private Stream<AccountLock> in(State state) {
    return locks.stream().filter(lock -> lock.state() == state);
  }

  /// What the hooks of the accounts in other systems did so far.
  private String elsewhere() {
    var locked = in(State.Locked).map(AccountLock::name).toList();
    return (locked.isEmpty() ? "" : " Locked in the target system: " + Sentences.some(locked) + ".")
        + told(State.Failed, " is not locked in the target system: ")
        + told(State.Pending, " is being locked in the target system: ");
  }

  private String told(State state, String what) {
    return in(state)
        .limit(MOST_TOLD)
        .map(lock -> " " + lock.name() + what + lock.message())
        .collect(Collectors.joining());
  }

  /// The admission policies that should enforce it and are not active.
  private List<String> unenforced() {
    return frozen().findAny().isEmpty()
        ? List.of()
        : Stream.of(Admission.Writes, Admission.Tokens)
            .filter(admission -> !s.suspensionFacts().admissions().contains(admission))
            .map(Admission::resource)
            .toList();
  }

  private String inPart() {
    var missing = unenforced();
    return (missing.isEmpty()
            ? enforcedBy()
            : " "
                + atTheBeginning(server())
                + " does not enforce it, since "
                + String.join(" and ", missing)
                + (missing.size() == 1 ? " is" : " are")
                + " not active. See `status.suspension`.")
        + beyondTheLimit().stream()
            .findFirst()
            .map(
                _ ->
                    " "
                        + beyondTheLimit().size()
                        + " of its ServiceAccounts can still write: "
                        + noRoom())
            .orElse("")
        + replacedInPart()
        + refusedInPart()
        + elsewhere();
  }

  /// Of several API servers each goes by the list by itself.
  private String server() {
    return s.suspensionFacts()
        .asked()
        .map(address -> "the API server at " + address)
        .orElse("the API server");
  }

  private static String atTheBeginning(String server) {
    return "T" + server.substring(1);
  }

  private String enforcedBy() {
    return s.suspensionFacts().asked().isPresent() && isDenied(frozen().toList(), Admission.Writes)
        ? " " + atTheBeginning(server()) + " enforces it."
        : "";
  }

  private String replacedInPart() {
    return replaced().stream()
        .findFirst()
        .map(
            token ->
                " Its token in Secret "
                    + token.secret()
                    + " may be valid again. See `status.suspension`.")
        .orElse("");
  }

  private String refusedInPart() {
    return isInPart(s::failedWrite) || frozen().anyMatch(account -> !canBeListed(account))
        ? " The suspension is not in effect for all of its ServiceAccounts. See `status.suspension`."
        : "";
  }

  private boolean isInPart(Function<ObjectRef, Optional<FailedWrite>> because) {
    return s.failedWrites().stream()
        .map(FailedWrite::subject)
        .filter(subject -> subject.kind() == Kind.Suspension)
        .anyMatch(subject -> because.apply(subject).isPresent());
  }

  /// A gap in the enforcement requires manual action.
  private ConditionResult held(Reason reason, String message) {
    return new ConditionResult(
        ConditionType.Suspended,
        ConditionStatus.True,
        reason,
        message,
        reason == Reason.AccountsNotLocked
            ? in(State.Failed).anyMatch(AccountLock::needsPerson) ? Impact.Broken : Impact.Waiting
            : UNHELD.contains(reason) ? Impact.Broken : Impact.None);
  }

  private static ConditionResult suspended(ConditionStatus status, Reason reason, String message) {
    return ConditionResult.fine(ConditionType.Suspended, status, reason, message);
  }
}
