package dev.credence.observe;

import dev.credence.facts.Safeguards.Admission;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which of the chart's admission policies are there and bound to deny, by the list of suspended
/// accounts of this very operator where they go by one. Whether the API server goes by them is
/// asked by [Enforcement].
final class Admissions {
  private static final String DENY = "Deny";

  private final String namespace;
  private final Runnable changed;
  private final Watch<ValidatingAdmissionPolicy> policies;
  private final Watch<ValidatingAdmissionPolicyBinding> bindings;
  private volatile Set<Admission> inForce = Set.of();

  /// `namespace`: the operator's own. `changed` is called when the answer is another one.
  Admissions(KubernetesClient client, String namespace, Runnable changed) {
    this.namespace = namespace;
    this.changed = changed;
    this.policies =
        Watch.of(client.resources(ValidatingAdmissionPolicy.class), (before, after) -> look());
    this.bindings =
        Watch.of(
            client.resources(ValidatingAdmissionPolicyBinding.class), (before, after) -> look());
  }

  Watch<ValidatingAdmissionPolicy> policies() {
    return policies;
  }

  Watch<ValidatingAdmissionPolicyBinding> bindings() {
    return bindings;
  }

  Set<Admission> inForce() {
    return inForce;
  }

  boolean isBound(Admission admission) {
    return inForce.contains(admission);
  }

  void look() {
    var now = Stream.of(Admission.values()).filter(this::isInForce).collect(Collectors.toSet());
    if (!now.equals(inForce)) {
      inForce = now;
      changed.run();
    }
  }

  private boolean isInForce(Admission admission) {
    return policies
            .get("", admission.resource())
            .filter(Admissions::stays)
            .filter(policy -> !Enforcement.isByList(admission) || hasOurKind(policy))
            .isPresent()
        && bindings.all().stream()
            .filter(Admissions::stays)
            .flatMap(binding -> Optional.ofNullable(binding.getSpec()).stream())
            .anyMatch(binding -> denies(binding, admission));
  }

  private boolean denies(ValidatingAdmissionPolicyBindingSpec binding, Admission admission) {
    return admission.resource().equals(binding.getPolicyName())
        && binding.getValidationActions() != null
        && binding.getValidationActions().contains(DENY)
        && (!Enforcement.isByList(admission) || goesByOurList(binding));
  }

  private static boolean hasOurKind(ValidatingAdmissionPolicy policy) {
    return policy.getSpec() != null
        && policy.getSpec().getParamKind() != null
        && SuspendedAccounts.KIND.equals(policy.getSpec().getParamKind().getKind());
  }

  private boolean goesByOurList(ValidatingAdmissionPolicyBindingSpec binding) {
    return binding.getParamRef() != null
        && binding.getParamRef().getSelector() != null
        && namespace.equals(binding.getParamRef().getNamespace());
  }

  private static boolean stays(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() == null;
  }
}
