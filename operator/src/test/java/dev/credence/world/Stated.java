// SPDX-License-Identifier: Apache-2.0
package dev.credence.world;

import dev.credence.api.Api;
import dev.credence.facts.credential.Issuance.Field;
import dev.credence.facts.identity.Member;
import dev.credence.observe.read.MemberReader;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.CertificateBuilder;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// What the API server notes about who states what of a Certificate's spec.
final class Stated {

  /// Once we have written these fields.
  static Certificate byUs(Certificate certificate, Collection<Field> written) {
    var ours = new TreeSet<>(found(certificate).ours());
    ours.addAll(written);
    found(certificate).asked().ifPresent(asked -> ours.removeIf(it -> it.of(asked).isEmpty()));
    var entries = new ArrayList<>(entries(certificate));
    entries.removeIf(Stated::isOurs);
    entries.add(entry(ours));
    return new CertificateBuilder(certificate)
        .editMetadata()
        .withManagedFields(entries)
        .endMetadata()
        .build();
  }

  private static Member.Certificate found(Certificate certificate) {
    return (Member.Certificate) MemberReader.of(certificate, false, (_, _) -> false);
  }

  private static List<ManagedFieldsEntry> entries(Certificate certificate) {
    return Objects.requireNonNullElse(certificate.getMetadata().getManagedFields(), List.of());
  }

  private static boolean isOurs(ManagedFieldsEntry entry) {
    return Api.MANAGER.equals(entry.getManager())
        && entry.getFieldsV1().getAdditionalProperties().containsKey("f:spec");
  }

  private static ManagedFieldsEntry entry(Set<Field> ours) {
    var spec = new HashMap<String, Map<String, Object>>();
    for (var field : ours) {
      var steps = field.path();
      var inside = spec.computeIfAbsent("f:" + steps.getFirst(), _ -> new HashMap<>());
      if (steps.size() > 1) {
        inside.put("f:" + steps.getLast(), Map.of());
      }
    }
    var fields = new FieldsV1();
    fields.setAdditionalProperty("f:spec", spec);
    return new ManagedFieldsEntryBuilder()
        .withManager(Api.MANAGER)
        .withOperation("Update")
        .withFieldsV1(fields)
        .build();
  }

  private Stated() {}
}
