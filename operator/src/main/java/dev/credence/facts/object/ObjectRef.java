// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// The object of an action or a failed write, in the identity's own namespace.
public record ObjectRef(Kind kind, String name) implements Comparable<ObjectRef> {

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

  public static ObjectRef account(String name) {
    return new ObjectRef(Kind.ServiceAccount, name);
  }

  public static ObjectRef secret(String name) {
    return new ObjectRef(Kind.Secret, name);
  }

  public static ObjectRef certificate(String name) {
    return new ObjectRef(Kind.Certificate, name);
  }

  public static ObjectRef job(String name) {
    return new ObjectRef(Kind.Job, name);
  }

  public static ObjectRef pod(String name) {
    return new ObjectRef(Kind.Pod, name);
  }

  public static ObjectRef suspension(String account) {
    return new ObjectRef(Kind.Suspension, account);
  }

  /// Where the next value of a Secret is until it is proven.
  public static ObjectRef pendingOf(String secret) {
    return secret(secret + "-pending");
  }

  /// The anchor of the token of this version.
  public static ObjectRef anchorOf(String secret, long version) {
    return secret(secret + "-anchor-v" + version);
  }

  @Override
  public int compareTo(ObjectRef other) {
    var byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
