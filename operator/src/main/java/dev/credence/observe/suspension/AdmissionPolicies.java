// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import dev.credence.facts.identity.SuspensionFacts.Admission;
import dev.credence.facts.identity.Vetting.Installation;
import dev.credence.facts.text.Digests;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.WatchedKind;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the admission policies of the chart that exist and are bound to deny, by the list of
/// suspended accounts of this very operator where they use one. Whether the API server enforces
/// them is tested by [Enforcement].
public final class AdmissionPolicies {
  private static final String DENY = "Deny";
  private static final int MARK_BYTES = 4;

  private final String namespace;
  private final Runnable changed;
  private final Runnable touched;
  private final KindCache<ValidatingAdmissionPolicy> policies;
  private final KindCache<ValidatingAdmissionPolicyBinding> bindings;
  private volatile Map<Admission, Installation> inForce = Map.of();

  /// `namespace`: the operator's own. `changed` is called when the answer is another one, `touched`
  /// whenever a policy or a binding of suspensions changed.
  public AdmissionPolicies(
      KubernetesClient client, String namespace, Runnable changed, Runnable touched) {
    this.namespace = namespace;
    this.changed = changed;
    this.touched = touched;
    this.policies =
        KindCache.of(
            client.resources(ValidatingAdmissionPolicy.class),
            WatchedKind.of(ValidatingAdmissionPolicy.class),
            this::seen);
    this.bindings =
        KindCache.of(
            client.resources(ValidatingAdmissionPolicyBinding.class),
            WatchedKind.of(ValidatingAdmissionPolicyBinding.class),
            this::seen);
  }

  private void seen(@Nullable HasMetadata before, @Nullable HasMetadata after) {
    refresh();
    var object = after == null ? before : after;
    if (object != null && isOfSuspensions(object.getMetadata().getName())) {
      touched.run();
    }
  }

  private static boolean isOfSuspensions(String name) {
    return Stream.of(Admission.values())
        .filter(Enforcement::isByList)
        .anyMatch(admission -> admission.resource().equals(name));
  }

  public KindCache<ValidatingAdmissionPolicy> policies() {
    return policies;
  }

  public KindCache<ValidatingAdmissionPolicyBinding> bindings() {
    return bindings;
  }

  public Set<Admission> inForce() {
    return inForce.keySet();
  }

  public Map<Admission, Installation> installed() {
    return inForce;
  }

  public boolean isBound(Admission admission) {
    return inForce.containsKey(admission);
  }

  public void refresh() {
    var now = new EnumMap<Admission, Installation>(Admission.class);
    for (var admission : Admission.values()) {
      installed(admission).ifPresent(installed -> now.put(admission, installed));
    }
    if (!now.equals(inForce)) {
      inForce = Map.copyOf(now);
      changed.run();
    }
  }

  /// By the oldest binding that denies.
  private Optional<Installation> installed(Admission admission) {
    return policies
        .get("", admission.resource())
        .filter(AdmissionPolicies::stays)
        .filter(policy -> !Enforcement.isByList(admission) || hasOurKind(policy))
        .flatMap(
            policy ->
                bindings.all().stream()
                    .filter(AdmissionPolicies::stays)
                    .filter(binding -> denies(binding.getSpec(), admission))
                    .min(
                        Comparator.comparing(AdmissionPolicies::created)
                            .thenComparing(AdmissionPolicies::name))
                    .map(binding -> installed(policy, binding)));
  }

  private static Installation installed(HasMetadata policy, HasMetadata binding) {
    var older = created(policy);
    var newer = created(binding);
    return new Installation(
        Digests.of(
            policy.getMetadata().getUid() + "/" + binding.getMetadata().getUid(), MARK_BYTES),
        older.isAfter(newer) ? older : newer);
  }

  private static Instant created(HasMetadata object) {
    return UntrustedText.time(object.getMetadata().getCreationTimestamp()).orElse(Instant.EPOCH);
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private boolean denies(
      @Nullable ValidatingAdmissionPolicyBindingSpec binding, Admission admission) {
    return binding != null
        && admission.resource().equals(binding.getPolicyName())
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
