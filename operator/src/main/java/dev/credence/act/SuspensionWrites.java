package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.decide.Action;
import dev.credence.facts.Guard;
import dev.credence.facts.Subject;
import dev.credence.observe.SuspendedAccounts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What takes effect at the API server itself: the list of suspended accounts, one entry of it at a
/// time, so that nobody's entry is lost by two writers; and the label that ends tokens.
final class SuspensionWrites {
  private final KubernetesClient client;
  private final MetadataWrites metadata;
  private final String namespace;
  private final Act.Memory memory;

  /// `namespace`: the operator's own, where the list is.
  SuspensionWrites(
      KubernetesClient client, MetadataWrites metadata, String namespace, Act.Memory memory) {
    this.client = client;
    this.metadata = metadata;
    this.namespace = namespace;
    this.memory = memory;
  }

  void freeze(String home, Action.Freeze freeze) {
    write(home, freeze.subject(), SuspendedAccounts.text(freeze.entry()));
  }

  void thaw(String home, Subject subject) {
    write(home, subject, null);
  }

  private void write(String home, Subject subject, @Nullable String text) {
    var entry = new HashMap<String, @Nullable String>();
    entry.put(SuspendedAccounts.key(home, subject.name()), text);
    var patch = Serialization.asJson(Map.of("data", entry));
    memory.wrote(Refusal.asked(subject, "patch", () -> patched(patch, entry)));
  }

  /// The list comes with the chart; where somebody took it away it is made again.
  private ConfigMap patched(String patch, Map<String, @Nullable String> entry) {
    try {
      return client.resource(list().build()).patch(Patches.MERGE, patch);
    } catch (KubernetesClientException gone) {
      if (gone.getCode() != HttpURLConnection.HTTP_NOT_FOUND || entry.containsValue(null)) {
        throw gone;
      }
      var made = list().editMetadata().addToLabels(Api.MANAGED_BY, Api.MANAGER).endMetadata();
      return client.resource(made.withData(entry).build()).create();
    }
  }

  /// By its name alone, so that it is not read before it is written.
  private ConfigMapBuilder list() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(SuspendedAccounts.NAME)
        .withNamespace(namespace)
        .endMetadata();
  }

  /// The API server wants a day, and refuses the token from then on (KEP-2799).
  void invalidate(String home, Action.Invalidate invalidate) {
    metadata.patch(
        home,
        invalidate.subject(),
        invalidate.guard(),
        Map.of(
            "labels",
            Map.of(
                Api.INVALID_SINCE,
                invalidate.since().atZone(ZoneOffset.UTC).toLocalDate().toString()),
            "annotations",
            Map.of(Api.SUSPENDED, invalidate.ended().text())));
  }

  /// Takes off what [#invalidate] put there.
  void revalidate(String home, Subject subject, Guard guard) {
    metadata.patch(home, subject, guard, Revalidation.metadata());
  }
}
