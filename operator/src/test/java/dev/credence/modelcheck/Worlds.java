// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.policy.RotationProcedure.Strategy;
import dev.credence.modelcheck.WorldRules.Edit;
import dev.credence.modelcheck.WorldRules.Lag;
import dev.credence.modelcheck.WorldRules.Wanted;
import java.util.List;

/// The small worlds that are gone through: to the end each, or (`full`) with more happening in
/// them.
final class Worlds {

  static List<WorldRules> all(boolean full) {
    return List.of(
        plain(full),
        late(full),
        withoutOverlap(full),
        deadline(),
        everyFourMinutes(full),
        evicted(full),
        failing(full),
        lateHooks(full),
        rollback(full),
        aborted(full),
        urgent(full),
        revoked(full),
        recipes(full),
        hands(full),
        lateAbort(full),
        endingOnly(full),
        issued(full),
        issuedAnew(full),
        lateIssue(full),
        first(full),
        two(full),
        token(full),
        foreign());
  }

  static WorldRules plain(boolean full) {
    return of("a Secret and what people ask for", Wanted.plain("crm-db"))
        .edits(
            full ? 3 : 2,
            Edit.rotate,
            Edit.rotateUrgently,
            Edit.rollback,
            Edit.abort,
            Edit.generatorSpec,
            Edit.revoke)
        .podRestarts(full ? 1 : 0)
        .minutes(full ? 4 : 3);
  }

  static WorldRules late(boolean full) {
    return of("watches that are late", Wanted.plain("crm-db"))
        .edits(full ? 2 : 1, Edit.rotate, Edit.rollback, Edit.generatorSpec)
        .lags(1, Lag.Watches, Lag.Secrets, Lag.Identity, Lag.Consumers)
        .podRestarts(1)
        .minutes(full ? 4 : 3);
  }

  static WorldRules withoutOverlap(boolean full) {
    return of("no overlap", Wanted.plain("crm-db"))
        .edits(full ? 2 : 1, Edit.rotate, Edit.rollback, Edit.generatorSpec)
        .overlap(0)
        .lags(1, Lag.Consumers)
        .podRestarts(2)
        .minutes(full ? 4 : 3);
  }

  static WorldRules deadline() {
    return of("consumers that take too long", Wanted.plain("crm-db"))
        .edits(2, Edit.rotate)
        .minutes(7);
  }

  static WorldRules everyFourMinutes(boolean full) {
    return of("a schedule", Wanted.hooked("crm-db")).every(240).minutes(full ? 9 : 7).clean();
  }

  static WorldRules evicted(boolean full) {
    return of("pods that are evicted", Wanted.plain("crm-db"))
        .strategy(Strategy.Evict)
        .replicas(2)
        .edits(full ? 2 : 1, Edit.rotate, Edit.rollback)
        .podRestarts(1)
        .minutes(full ? 4 : 3);
  }

  static WorldRules failing(boolean full) {
    return of("hooks that fail", Wanted.hooked("crm-db"))
        .edits(1, Edit.rotate)
        .failures(full ? 2 : 1)
        .podRestarts(full ? 1 : 0)
        .minutes(full ? 4 : 3)
        .clean();
  }

  static WorldRules lateHooks(boolean full) {
    return of("hooks and watches that are late", Wanted.hooked("crm-db"))
        .edits(1, Edit.rotate)
        .lags(1, Lag.Watches, Lag.Secrets, Lag.Jobs)
        .failures(full ? 1 : 0)
        .minutes(full ? 3 : 2)
        .clean();
  }

  static WorldRules rollback(boolean full) {
    var rules =
        of("hooks and a rollback", Wanted.hooked("crm-db"))
            .edits(2, Edit.rotate, Edit.rollback)
            .failures(full ? 1 : 0)
            .minutes(full ? 4 : 3);
    // A value that was applied by a hook that failed, and given up, stays accepted.
    return full ? rules : rules.clean();
  }

  static WorldRules aborted(boolean full) {
    return of("hooks and an abort", Wanted.hooked("crm-db"))
        .edits(full ? 3 : 2, Edit.rotate, Edit.abort, Edit.rollback)
        .failures(full ? 0 : 1)
        .minutes(full ? 3 : 2);
  }

  static WorldRules urgent(boolean full) {
    return of("hooks and somebody in a hurry", Wanted.hooked("crm-db"))
        .edits(full ? 3 : 2, Edit.rotate, Edit.rotateUrgently)
        .minutes(3);
  }

  static WorldRules revoked(boolean full) {
    return of("hooks and a value that leaked", Wanted.hooked("crm-db"))
        .edits(2, Edit.rotate, Edit.revoke, Edit.rollback)
        .minutes(full ? 3 : 2);
  }

  static WorldRules recipes(boolean full) {
    return of("hooks and another recipe", Wanted.hooked("crm-db"))
        .edits(2, Edit.generatorSpec, Edit.abort)
        .failures(full ? 1 : 0)
        .minutes(3);
  }

  static WorldRules hands(boolean full) {
    return of("hooks and people who delete", Wanted.hooked("crm-db"))
        .edits(
            2, Edit.rotate, Edit.deletePending, Edit.deleteJob, Edit.deleteSecret, Edit.editSecret)
        .minutes(full ? 3 : 2);
  }

  static WorldRules lateAbort(boolean full) {
    return of("an abort and watches that are late", Wanted.hooked("crm-db"))
        .edits(2, Edit.rotate, Edit.abort)
        .lags(1, Lag.Secrets, Lag.Watches)
        .minutes(full ? 2 : 1);
  }

  static WorldRules endingOnly(boolean full) {
    return of("a hook that only ends values", new Wanted("crm-db", false, false, true, 0))
        .edits(2, Edit.rotate, Edit.rotateUrgently, Edit.rollback)
        .failures(full ? 1 : 0)
        .minutes(full ? 4 : 3);
  }

  /// At rest nothing is left in the other system, whatever was given up.
  static WorldRules issued(boolean full) {
    return of("a value of another system", Wanted.issued("crm-db"))
        .edits(2, Edit.rotate, Edit.abort, Edit.rollback)
        .failures(full ? 2 : 1)
        .minutes(full ? 4 : 2)
        .clean();
  }

  static WorldRules issuedAnew(boolean full) {
    return of("a value of another system that is not wanted", Wanted.issued("crm-db"))
        .edits(2, Edit.rotate, Edit.generatorSpec, Edit.revoke)
        .failures(full ? 1 : 0)
        .minutes(full ? 3 : 2)
        .clean();
  }

  static WorldRules lateIssue(boolean full) {
    return of("a value of another system and watches that are late", Wanted.issued("crm-db"))
        .edits(full ? 2 : 1, Edit.rotate, Edit.abort, Edit.deletePending, Edit.deleteJob)
        .lags(1, Lag.Watches, Lag.Secrets, Lag.Jobs)
        .failures(full ? 1 : 0)
        .minutes(full ? 3 : 2);
  }

  static WorldRules first(boolean full) {
    return of("from nothing on", Wanted.hooked("crm-db"))
        .edits(1, Edit.rotate, Edit.deletePending, Edit.deleteJob, Edit.deleteSecret)
        .failures(full ? 1 : 0)
        .fromNothing()
        .minutes(2);
  }

  static WorldRules two(boolean full) {
    return new WorldRules("two Secrets and one consumer of both")
        .secret(Wanted.hooked("crm-db"))
        .secret(Wanted.plain("crm-key"))
        .workload(0, 1)
        .edits(1, Edit.rotateIdentity)
        .podRestarts(full ? 1 : 0)
        .failures(2)
        .minutes(full ? 4 : 3);
  }

  static WorldRules token(boolean full) {
    return of("a token", Wanted.token("crm-token", full ? 600 : 170))
        .edits(2, Edit.rotate, Edit.rollback, Edit.deleteAnchor, Edit.deleteSecret, Edit.revoke)
        .podRestarts(full ? 1 : 0)
        .lags(full ? 1 : 0, Lag.Watches)
        .minutes(full ? 4 : 3);
  }

  static WorldRules foreign() {
    return new WorldRules("names that somebody else has")
        .secret(Wanted.hooked("crm-db"))
        .secret(Wanted.token("crm-token", 600))
        .workload(0, 1)
        .edits(2, Edit.rotateIdentity, Edit.rotate, Edit.rotateUrgently, Edit.abort, Edit.revoke)
        .foreignInTheWay()
        .minutes(4);
  }

  /// A write long after its look: the pods that started in between count as moved.
  static WorldRules slow() {
    return of("a write that is late", Wanted.plain("crm-db"))
        .edits(1, Edit.rotate)
        .podRestarts(1)
        .slow()
        .minutes(4);
  }

  private static WorldRules of(String name, Wanted wanted) {
    return new WorldRules(name).secret(wanted).workload(0);
  }

  private Worlds() {}
}
