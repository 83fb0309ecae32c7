// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe;

import dev.credence.api.CredentialPolicy;
import dev.credence.api.CredentialPolicySpec;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;

/// Objects whose spec cannot be read, through a fault that nobody expected.
public final class Poisoned {
  public static final String FAULT = "a field\nof tomorrow";

  public static MachineIdentity identity(ObjectMeta meta) {
    var identity = new OddIdentity();
    identity.setMetadata(meta);
    return identity;
  }

  public static CredentialPolicy policy(ObjectMeta meta) {
    var policy = new OddPolicy();
    policy.setMetadata(meta);
    return policy;
  }

  @Group("credence.dev")
  @Version("v1alpha1")
  @Kind("MachineIdentity")
  private static final class OddIdentity extends MachineIdentity {
    @Override
    public MachineIdentitySpec getSpec() {
      throw new IllegalStateException(FAULT);
    }
  }

  @Group("credence.dev")
  @Version("v1alpha1")
  @Kind("CredentialPolicy")
  private static final class OddPolicy extends CredentialPolicy {
    @Override
    public CredentialPolicySpec getSpec() {
      throw new IllegalStateException(FAULT);
    }
  }

  private Poisoned() {}
}
