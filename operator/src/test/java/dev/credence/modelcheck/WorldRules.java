// SPDX-License-Identifier: Apache-2.0
package dev.credence.modelcheck;

import dev.credence.facts.policy.RotationProcedure.Strategy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The bounds of one small world: its objects, what may happen to them, and how often. Times are
/// in seconds, the clock ticks in minutes.
final class WorldRules {
  static final int MINUTE = 60;

  final String name;
  final List<Wanted> secrets = new ArrayList<>();

  /// For each workload the places in `secrets` of what it uses.
  final List<List<Integer>> workloads = new ArrayList<>();

  final Set<Edit> edits = EnumSet.noneOf(Edit.class);
  final Set<Lag> lags = EnumSet.noneOf(Lag.class);
  Strategy strategy = Strategy.Rollout;
  int maxParallel = 1;
  int replicas = 1;
  int every = 0;
  int overlap = 50;
  int maxOverlap = 170;
  int attempts = 2;
  int minutes = 5;
  boolean fromNothing;
  boolean foreignInTheWay;

  /// Time may pass between a look and its writes.
  boolean slow;

  /// At rest no other value is accepted than the one in force: nobody stops a rotation half-way.
  boolean clean;

  int mostEdits;
  int mostFailures;
  int mostPodRestarts;
  int mostLags;
  int lagFor = 2;

  /// A Secret that the identity has us make.
  record Wanted(
      String name, boolean issue, boolean apply, boolean verify, boolean revoke, int token) {
    Wanted(String name, boolean apply, boolean verify, boolean revoke, int token) {
      this(name, false, apply, verify, revoke, token);
    }

    /// Its value is of another system, which allows two.
    static Wanted issued(String name) {
      return new Wanted(name, true, false, false, true, 0);
    }

    static Wanted plain(String name) {
      return new Wanted(name, false, false, false, 0);
    }

    static Wanted hooked(String name) {
      return new Wanted(name, true, true, true, 0);
    }

    static Wanted token(String name, int lifetime) {
      return new Wanted(name, false, false, false, lifetime);
    }

    boolean isToken() {
      return token > 0;
    }

    boolean isHooked() {
      return issue || apply || verify || revoke;
    }
  }

  /// What a person may do.
  enum Edit {
    rotate,
    rotateUrgently,
    rotateIdentity,
    rollback,
    abort,
    revoke,
    revokeIdentity,
    generatorSpec,
    deleteSecret,
    deletePending,
    deleteJob,
    deleteAnchor,
    editSecret
  }

  /// What the operator may see as it was a moment ago.
  enum Lag {
    Secrets,
    Jobs,
    Identity,
    Watches,
    Consumers
  }

  WorldRules(String name) {
    this.name = name;
  }

  WorldRules secret(Wanted wanted) {
    secrets.add(wanted);
    return this;
  }

  WorldRules workload(Integer... uses) {
    workloads.add(List.of(uses));
    return this;
  }

  WorldRules edits(int most, Edit... allowed) {
    mostEdits = most;
    edits.addAll(List.of(allowed));
    return this;
  }

  WorldRules lags(int most, Lag... allowed) {
    mostLags = most;
    lags.addAll(List.of(allowed));
    return this;
  }

  WorldRules failures(int most) {
    mostFailures = most;
    return this;
  }

  WorldRules podRestarts(int most) {
    mostPodRestarts = most;
    return this;
  }

  WorldRules minutes(int most) {
    minutes = most;
    return this;
  }

  WorldRules every(int seconds) {
    every = seconds;
    return this;
  }

  WorldRules overlap(int seconds) {
    overlap = seconds;
    return this;
  }

  WorldRules replicas(int each) {
    replicas = each;
    return this;
  }

  WorldRules strategy(Strategy how) {
    strategy = how;
    return this;
  }

  WorldRules fromNothing() {
    fromNothing = true;
    return this;
  }

  WorldRules foreignInTheWay() {
    foreignInTheWay = true;
    return this;
  }

  WorldRules clean() {
    clean = true;
    return this;
  }

  WorldRules slow() {
    slow = true;
    return this;
  }
}
