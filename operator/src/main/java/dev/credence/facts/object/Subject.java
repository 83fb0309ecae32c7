package dev.credence.facts.object;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// What an action or a setback is about: an object of the identity's own namespace.
public record Subject(Kind kind, String name) implements Comparable<Subject> {

  public enum Kind {
    ServiceAccount,
    Secret,
    Certificate,
    Job,
    CronJob,
    Deployment,
    StatefulSet,
    DaemonSet,
    /// of Argo Rollouts
    Rollout,
    Pod,
    /// an account in the list of suspended ones
    Suspension;

    /// The kinds that an identity has as members.
    public static final Set<Kind> OF_MEMBERS =
        Collections.unmodifiableSet(EnumSet.of(ServiceAccount, Secret, Certificate));
  }

  public static Subject account(String name) {
    return new Subject(Kind.ServiceAccount, name);
  }

  public static Subject secret(String name) {
    return new Subject(Kind.Secret, name);
  }

  public static Subject certificate(String name) {
    return new Subject(Kind.Certificate, name);
  }

  public static Subject job(String name) {
    return new Subject(Kind.Job, name);
  }

  public static Subject pod(String name) {
    return new Subject(Kind.Pod, name);
  }

  public static Subject suspension(String account) {
    return new Subject(Kind.Suspension, account);
  }

  /// Where the next value of a Secret is until it is proven.
  public static Subject pendingOf(String secret) {
    return secret(secret + "-pending");
  }

  /// What the token of this version is bound to.
  public static Subject anchorOf(String secret, long version) {
    return secret(secret + "-anchor-v" + version);
  }

  @Override
  public int compareTo(Subject other) {
    var byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
