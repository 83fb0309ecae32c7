// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.credential.Hooks.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The state of the model: a small cluster at one moment, and which values the system outside
/// accepts. Immutable, with numbers for everything: two histories with the same result have the
/// same state.
///
/// Values have numbers from 1 on, in the order in which they were made. A request is the number of
/// the wish, below zero where it is urgent, 0 where there is none. Times are in seconds since the
/// beginning.
record ModelState(int minute, Asked asked, List<Part> parts, List<Work> works) {
  /// Never a time.
  static final int NEVER = -1;

  /// A value that a person wrote.
  static final int BY_HAND = 30;

  /// What a pod holds that was ended with good reason: it is not looked at any more.
  static final int ENDED = 31;

  /// The identity, as its holder wrote it.
  record Asked(int generation, int rotate, int revoke) {}

  /// One wanted Secret and all that there is for it. `generatorSpec` is the wanted one.
  record Part(
      int generatorSpec,
      @Nullable Held held,
      @Nullable Staged staged,
      List<Run> runs,
      List<Anchor> anchors,
      List<Token> tokens,
      Outside outside,
      Past past) {

    Part with(@Nullable Held now) {
      return new Part(generatorSpec, now, staged, runs, anchors, tokens, outside, past.issued(now));
    }

    /// A person deletes it. What the status did not say yet nobody remembers.
    Part deleted() {
      return new Part(
          generatorSpec, null, staged, runs, anchors, tokens, outside, past.forgotten());
    }

    Part staging(@Nullable Staged now) {
      return new Part(generatorSpec, held, now, runs, anchors, tokens, outside, past);
    }

    Part running(List<Run> now) {
      return new Part(generatorSpec, held, staged, now, anchors, tokens, outside, past);
    }

    Part anchored(List<Anchor> now) {
      return new Part(generatorSpec, held, staged, runs, now, tokens, outside, past);
    }

    Part granting(Token token) {
      return new Part(
          generatorSpec, held, staged, runs, anchors, joined(tokens, token), outside, past);
    }

    Part accepting(Outside now) {
      return new Part(generatorSpec, held, staged, runs, anchors, tokens, now, past);
    }

    Part wanting(int otherRecipe) {
      return new Part(otherRecipe, held, staged, runs, anchors, tokens, outside, past);
    }

    Part after(UnaryOperator<Past> what) {
      return new Part(
          generatorSpec, held, staged, runs, anchors, tokens, outside, what.apply(past));
    }
  }

  /// Where values are checked: sets of them. `applied` and `verified`: by a hook, ever.
  record Outside(int accepted, int applied, int verified) {
    Outside after(Step step, int value) {
      var bit = 1 << value;
      return switch (step) {
        case apply -> new Outside(accepted | bit, applied | bit, verified);
        case verify -> new Outside(accepted, applied, verified | bit);
        case revoke -> new Outside(accepted & ~bit, applied, verified);
        case issue, suspend, resume, probe -> this;
      };
    }

    /// A hook obtains this value, and deletes all others than those.
    Outside issuing(int value, int inUse) {
      return new Outside(accepted & inUse | 1 << value, applied, verified);
    }
  }

  /// What came before, for the checks. `made` counts values and objects; `aborted` is a set of
  /// values; `top` is the highest version ever in force and `topValue` its value, `known` the
  /// version in the status; `harmed`: a person took away what the consumers need, or had it
  /// revoked; `urgent`: a person let the overlap not count.
  record Past(
      int made, int aborted, int top, int topValue, int known, boolean harmed, boolean urgent) {
    static final Past NONE = new Past(0, 0, 0, 0, 0, false, false);

    Past issued(@Nullable Held now) {
      return now == null || now.version() <= top
          ? this
          : new Past(made, aborted, now.version(), now.value(), known, harmed, urgent);
    }

    Past forgotten() {
      return new Past(made, aborted, Math.min(top, known), topValue, known, harmed, urgent);
    }

    Past counting(int now) {
      return new Past(now, aborted, top, topValue, known, harmed, urgent);
    }

    Past aborting(int value) {
      return new Past(made, aborted | 1 << value, top, topValue, known, harmed, urgent);
    }

    Past told(int version) {
      return new Past(made, aborted, top, topValue, version, harmed, urgent);
    }

    Past harmedNow() {
      return new Past(made, aborted, top, topValue, known, true, urgent);
    }

    Past urgentNow() {
      return new Past(made, aborted, top, topValue, known, harmed, true);
    }
  }

  /// Requests on the Secret itself.
  record Requests(int rotate, int rollback, int abort, int revoke) {
    static final Requests NONE = new Requests(0, 0, 0, 0);
  }

  record Handled(
      int identityRotate, int identityRevoke, int rotate, int rollback, int abort, int revoke) {
    static final Handled NONE = new Handled(0, 0, 0, 0, 0, 0);
  }

  /// The Secret. `previous` is 0 where the value before is not in it; `ending`: its hook may have
  /// ended that.
  record Held(
      int uid,
      int version,
      int issuedAt,
      int retiresAt,
      int value,
      int previous,
      boolean ending,
      int generatorSpec,
      int endsAt,
      int abortedAt,
      int abortedRecipe,
      Requests requests,
      Handled handled) {

    Held asking(Requests now) {
      return with(retiresAt, value, previous, ending, now);
    }

    Held holding(int other) {
      return with(retiresAt, other, previous, ending, requests);
    }

    Held retired() {
      return with(NEVER, value, 0, false, requests);
    }

    Held endingNow() {
      return with(retiresAt, value, previous, true, requests);
    }

    private Held with(int retires, int current, int before, boolean isEnding, Requests asked) {
      return new Held(
          uid,
          version,
          issuedAt,
          retires,
          current,
          before,
          isEnding,
          generatorSpec,
          endsAt,
          abortedAt,
          abortedRecipe,
          asked,
          handled);
    }

    Held endingAt(int time) {
      return withMessage(time, abortedAt, abortedRecipe, handled);
    }

    Held answering(int abortedNow, int recipeNow, Handled now) {
      return withMessage(endsAt, abortedNow, recipeNow, now);
    }

    private Held withMessage(int ends, int aborted, int recipeOfThat, Handled answered) {
      return new Held(
          uid,
          version,
          issuedAt,
          retiresAt,
          value,
          previous,
          ending,
          generatorSpec,
          ends,
          aborted,
          recipeOfThat,
          requests,
          answered);
    }

    String text() {
      return uid
          + "."
          + version
          + "."
          + issuedAt
          + "."
          + retiresAt
          + "."
          + value
          + "."
          + previous
          + (ending ? "!" : ".")
          + generatorSpec
          + "."
          + endsAt
          + "."
          + abortedAt
          + "."
          + abortedRecipe
          + "."
          + requests
          + "."
          + handled;
    }
  }

  /// The pending Secret, or one of somebody else by its name. `admitted`: the attempt whose pod may
  /// write what another system issues; `written`: it did.
  record Staged(
      int uid,
      int version,
      int issuedAt,
      int value,
      int generatorSpec,
      Handled handled,
      boolean foreign,
      int admitted,
      boolean written) {
    static final Staged FOREIGN = new Staged(0, 0, 0, 0, 0, Handled.NONE, true, 0, false);

    /// The pod of this attempt may write.
    Staged admitting(int attempt) {
      return new Staged(
          uid, version, issuedAt, value, generatorSpec, handled, foreign, attempt, false);
    }

    Staged writtenNow() {
      return new Staged(
          uid, version, issuedAt, value, generatorSpec, handled, foreign, admitted, true);
    }
  }

  /// A Job of a hook. `reads` is the value that it found when it began.
  record Run(
      Step step,
      int version,
      int attempt,
      int uid,
      boolean ofPending,
      boolean ofPrevious,
      int generation,
      int createdAt,
      int reads,
      Outcome outcome,
      int endedAt) {

    Run ended(Outcome how, int at) {
      return new Run(
          step,
          version,
          attempt,
          uid,
          ofPending,
          ofPrevious,
          generation,
          createdAt,
          reads,
          how,
          at);
    }

    boolean hasName(Run other) {
      return step == other.step && version == other.version && attempt == other.attempt;
    }
  }

  enum Outcome {
    Running,
    Succeeded,
    Failed
  }

  /// What the token of a version is bound to.
  record Anchor(int version, int uid, boolean foreign) {}

  /// A token that was granted.
  record Token(int value, int anchor, int endsAt) {}

  /// What makes pods. `restartedFor`: ten times the version, and the place of the Secret.
  record Work(int restartedFor, int restartedAt, List<Pod> pods) {
    Work with(List<Pod> now) {
      return new Work(restartedFor, restartedAt, now.stream().sorted(Pod.ORDER).toList());
    }
  }

  /// `values`: of each Secret that its workload uses the one that it read when it started.
  record Pod(int createdAt, int template, List<Integer> values) {
    static final Comparator<Pod> ORDER =
        Comparator.comparingInt(Pod::createdAt)
            .thenComparingInt(Pod::template)
            .thenComparing(pod -> pod.values().toString());
  }

  int second() {
    return minute * WorldRules.MINUTE;
  }

  /// Whether that time has come when the operator looks, half a second into the minute.
  boolean hasCome(int time) {
    return time <= second();
  }

  ModelState with(int part, UnaryOperator<Part> change) {
    return new ModelState(
        minute, asked, replaced(parts, part, change.apply(parts.get(part))), works);
  }

  ModelState with(int work, Work now) {
    return new ModelState(minute, asked, parts, replaced(works, work, now));
  }

  ModelState asking(Asked now) {
    return new ModelState(minute, now, parts, works);
  }

  ModelState at(int otherMinute) {
    return new ModelState(otherMinute, asked, parts, works);
  }

  static <T> List<T> replaced(List<T> list, int place, T with) {
    var all = new ArrayList<>(list);
    all.set(place, with);
    return List.copyOf(all);
  }

  static <T> List<T> joined(List<T> list, T more) {
    var all = new ArrayList<>(list);
    all.add(more);
    return List.copyOf(all);
  }

  /// Without one of those that are equal to it.
  static <T> List<T> less(List<T> list, T one) {
    var all = new ArrayList<>(list);
    all.remove(one);
    return List.copyOf(all);
  }

  static <T> List<T> without(List<T> list, T one) {
    return list.stream().filter(other -> !other.equals(one)).toList();
  }
}
