// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.api.SuspensionList;
import dev.credence.api.SuspensionListSpec;
import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.policy.Tier;
import dev.credence.observe.suspension.Enforcement;
import dev.credence.observe.suspension.Enforcement.Answer;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/// Asks the API server whether it goes by a list of suspended accounts: by the dry run of a request
/// which the policy refuses only where it has read that revision of it. Nothing is stored, whatever
/// the answer is.
public final class Probe implements Enforcement.Prober {
  private static final String NAME = "probe";

  /// A policy says it with another code than it refuses suspended accounts with.
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final String namespace;
  private final Tier tier;

  /// `namespace`: the operator's own.
  public Probe(KubernetesClient client, String namespace, Tier tier) {
    this.client = client;
    this.namespace = namespace;
    this.tier = tier;
  }

  @Override
  public Answer ask(Admission policy, String list, String revision) {
    // The right to it is the right to write the list.
    return tier.covers(Tier.Enforce) ? asked(policy, list, revision) : Answer.Unknown;
  }

  private Answer asked(Admission policy, String list, String revision) {
    var question = new SuspensionList();
    question.setMetadata(new ObjectMetaBuilder().withName(NAME).withNamespace(namespace).build());
    question.setSpec(
        new SuspensionListSpec(
            null, null, new SuspensionListSpec.Probe(policy.resource(), list, revision)));
    try {
      client.resource(question).dryRun().create();
      return Answer.Passed;
    } catch (KubernetesClientException answer) {
      return answer.getCode() == UNPROCESSABLE && isBy(policy, answer)
          ? Answer.Refused
          : Answer.Unknown;
    }
  }

  private static boolean isBy(Admission policy, KubernetesClientException answer) {
    return Optional.ofNullable(answer.getMessage())
        .filter(stated -> stated.contains("ValidatingAdmissionPolicy '" + policy.resource() + "'"))
        .isPresent();
  }
}
