// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.cache;

import dev.credence.api.Api;
import dev.credence.api.Generate;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.SecretMember;
import dev.credence.raw.FieldOwners;
import dev.credence.raw.ForeignManagers;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import io.fabric8.certmanager.api.model.v1.CertificateSpec;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Bounds how much is kept of an object, whatever its writer puts there. Objects of other users may
/// have a megabyte of labels, owners or names, and there may be hundreds of them: fields that no
/// decision reads are dropped, and the rest is limited to many times the size of an ordinary
/// object.
final class Bounds {
  /// The labels of an object, keys and values together.
  private static final int LABELS = 4_096;

  private static final int ANNOTATIONS = 65_536;
  private static final int NAMES = 64;
  private static final int LONGEST_NAME = 253;
  private static final int ENTRIES = 32;
  private static final int CONDITIONS = 8;
  private static final int RULES = 65_536;
  private static final int CERTIFICATE = 65_536;

  static void meta(ObjectMeta meta) {
    meta.setLabels(labels(meta.getLabels()));
    meta.setAnnotations(annotations(meta.getAnnotations()));
    // Nothing is decided by owners that are no controllers, nor by finalizers.
    meta.setOwnerReferences(Metadata.controllers(meta).limit(1).toList());
    meta.setFinalizers(List.of());
    if (meta.getManagedFields() != null && meta.getManagedFields().size() > ENTRIES) {
      // The API server merges managers who update; those who apply have no end.
      meta.setManagedFields(
          NullSafe.in(meta.getManagedFields())
              .sorted(Comparator.comparing(entry -> !FieldOwners.isOurs(entry)))
              .limit(ENTRIES)
              .toList());
    }
  }

  /// The last entry of `managedFields` by time, with its time alone: when it was changed, and no
  /// longer by whom.
  static List<ManagedFieldsEntry> lastChange(ObjectMeta meta) {
    return NullSafe.in(meta.getManagedFields())
        .flatMap(entry -> Stream.ofNullable(entry.getTime()))
        .max(Comparator.naturalOrder())
        .map(time -> List.of(new ManagedFieldsEntryBuilder().withTime(time).build()))
        .orElseGet(List::of);
  }

  private static @Nullable Map<String, String> labels(@Nullable Map<String, String> labels) {
    return labels == null || size(labels) <= LABELS
        ? labels
        : fitting(
            labels,
            LABELS,
            Comparator.<Map.Entry<String, String>, Boolean>comparing(
                    label -> !isRead(label.getKey()))
                .thenComparing(Map.Entry::getKey));
  }

  private static boolean isRead(String label) {
    return label.startsWith(Api.GROUP + "/")
        || label.startsWith("kubernetes.io/")
        || label.startsWith("app.kubernetes.io/")
        || ForeignManagers.reads(label);
  }

  /// The longest go first: of an annotation that is read, most are a line.
  private static @Nullable Map<String, String> annotations(
      @Nullable Map<String, String> annotations) {
    return annotations == null || size(annotations) <= ANNOTATIONS
        ? annotations
        : fitting(annotations, ANNOTATIONS, Comparator.comparingInt(Bounds::size));
  }

  private static Map<String, String> fitting(
      Map<String, String> all, int most, Comparator<Map.Entry<String, String>> order) {
    var kept = new HashMap<String, String>();
    var left = most;
    for (var entry : all.entrySet().stream().sorted(order).toList()) {
      left -= size(entry);
      if (left < 0) {
        break;
      }
      kept.put(entry.getKey(), entry.getValue());
    }
    return kept;
  }

  private static int size(Map<String, String> map) {
    return map.entrySet().stream().mapToInt(Bounds::size).sum();
  }

  private static int size(Map.Entry<String, String> entry) {
    return entry.getKey().length() + length(entry.getValue());
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  static void account(ServiceAccount account) {
    account.setImagePullSecrets(
        NullSafe.in(account.getImagePullSecrets())
            .map(LocalObjectReference::getName)
            .filter(Bounds::isName)
            .limit(NAMES)
            .map(LocalObjectReference::new)
            .toList());
    account.setSecrets(
        NullSafe.in(account.getSecrets())
            .map(ObjectReference::getName)
            .filter(Bounds::isName)
            .limit(NAMES)
            .map(name -> new ObjectReferenceBuilder().withName(name).build())
            .toList());
  }

  private static boolean isName(@Nullable String name) {
    return name != null && name.length() <= LONGEST_NAME;
  }

  /// Of a Job only how it ends is read.
  static void job(Job job) {
    job.setSpec(null);
    if (job.getStatus() != null) {
      job.getStatus().setUncountedTerminatedPods(null);
      job.getStatus()
          .setConditions(
              NullSafe.in(job.getStatus().getConditions())
                  .filter(condition -> "True".equals(condition.getStatus()))
                  .limit(CONDITIONS)
                  .toList());
    }
  }

  /// A role that is too large to be judged counts as one that allows everything.
  static List<PolicyRule> rules(@Nullable List<PolicyRule> rules) {
    if (rules == null) {
      return List.of();
    }
    var size =
        NullSafe.in(rules)
            .flatMap(
                rule ->
                    Stream.of(
                        rule.getApiGroups(),
                        rule.getResources(),
                        rule.getVerbs(),
                        rule.getResourceNames(),
                        rule.getNonResourceURLs()))
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .mapToInt(Bounds::length)
            .sum();
    return size <= RULES
        ? rules
        : List.of(
            new PolicyRuleBuilder().withApiGroups("*").withResources("*").withVerbs("*").build());
  }

  /// A Certificate that is issued for an identity is far smaller; of all others only names and
  /// issuer matter.
  static void certificate(@Nullable CertificateSpec spec) {
    if (spec != null
        && Stream.of(
                    spec.getDnsNames(),
                    spec.getUris(),
                    spec.getIpAddresses(),
                    spec.getEmailAddresses())
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .mapToInt(Bounds::length)
                .sum()
            > CERTIFICATE) {
      spec.setDnsNames(List.of());
      spec.setUris(List.of());
      spec.setIpAddresses(List.of());
      spec.setEmailAddresses(List.of());
    }
    if (spec != null) {
      spec.setSecretTemplate(null);
      spec.setAdditionalOutputFormats(List.of());
      spec.setOtherNames(List.of());
    }
  }

  /// The characters of a spec that its writer chooses the number of.
  static int size(MachineIdentity identity) {
    var spec = identity.getSpec();
    return spec == null
        ? 0
        : length(spec.purpose())
            + NullSafe.in(spec.secrets()).mapToInt(Bounds::size).sum()
            + NullSafe.in(spec.serviceAccounts()).mapToInt(member -> length(member.name())).sum()
            + NullSafe.in(spec.certificates()).mapToInt(member -> member.toString().length()).sum();
  }

  private static int size(SecretMember secret) {
    return length(secret.name())
        + (secret.generate() == null
            ? 0
            : NullSafe.in(secret.generate().keys())
                .mapToInt(
                    key ->
                        length(key.name())
                            + length(key.value())
                            + length(key.template())
                            + NullSafe.in(key.cycle()).mapToInt(Bounds::length).sum())
                .sum())
        + (secret.token() == null
            ? 0
            : NullSafe.in(secret.token().audiences()).mapToInt(Bounds::length).sum())
        + (secret.metadata() == null ? 0 : secret.metadata().toString().length());
  }

  /// The part of an identity that is too large that is kept: what it lists, and not how it is
  /// generated.
  static MachineIdentitySpec stub(MachineIdentitySpec spec) {
    return new MachineIdentitySpec(
        spec.application(),
        null,
        spec.owner(),
        spec.type(),
        spec.state(),
        spec.stateReason(),
        spec.expirationTime(),
        spec.deletionPolicy(),
        spec.rotationRequest(),
        spec.serviceAccounts(),
        spec.secrets() == null ? null : NullSafe.in(spec.secrets()).map(Bounds::stub).toList(),
        spec.certificates(),
        spec.selector());
  }

  private static SecretMember stub(SecretMember secret) {
    return new SecretMember(
        secret.name(),
        null,
        secret.type(),
        null,
        secret.generate() == null ? null : new Generate(List.of()),
        null,
        secret.rotationRequest(),
        null,
        secret.token());
  }

  private Bounds() {}
}
