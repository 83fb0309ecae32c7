package dev.credence.act;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.decide.Action;
import dev.credence.decide.Action.Labelling;
import dev.credence.decide.Action.Receipt;
import dev.credence.facts.Generator;
import dev.credence.facts.Guard;
import dev.credence.facts.Key;
import dev.credence.facts.Subject;
import dev.credence.make.Maker;
import dev.credence.observe.FieldOwners;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Carries an action out. What is created is created by a plain POST: where the name is taken,
/// nothing happens. What is changed is changed under the UID and resourceVersion that were judged.
///
/// The bytes of a Secret are read in [#rotate] and [#retire] alone and live no longer than the
/// call.
public final class Act {
  private final KubernetesClient client;
  private final MetadataWrites metadata;
  private final Maker maker;
  private final Memory memory;

  /// What we wrote is remembered until the watch shows it.
  public interface Memory {
    /// The whole object; of a Secret without its bytes.
    void wrote(HasMetadata object);

    /// An object of which we wrote the metadata alone.
    void marked(String namespace, Subject subject, ObjectMeta metadata);
  }

  /// `metadata` is a client that is answered with metadata only.
  public Act(KubernetesClient client, KubernetesClient metadata, Maker maker, Memory memory) {
    this.client = client;
    this.metadata = new MetadataWrites(metadata, memory);
    this.maker = maker;
    this.memory = memory;
  }

  /// Throws [Refusal] where the API server said no, and the client's own exception where it could
  /// not be asked.
  public void perform(Action action, MachineIdentity identity) {
    switch (action) {
      case Action.Issue issue -> issue(issue, identity);
      case Action.Rotate rotate -> rotate(rotate, identity);
      case Action.Retire retire -> retire(retire, identity);
      case Action.Provision provision -> provision(provision, identity);
      case Action.Adjust adjust -> adjust(adjust, identity);
      case Action.Mark mark ->
          metadata.mark(namespace(identity), mark.subject(), mark.guard(), mark.labelling());
      case Action.Relabel relabel ->
          metadata.relabel(
              namespace(identity), relabel.subject(), relabel.guard(), relabel.labelling());
      case Action.Unmark unmark -> unmark(namespace(identity), unmark.subject(), unmark.guard());
    }
  }

  /// Takes our label and annotations off an object whose identity is gone.
  public void unmark(String namespace, Subject subject, Guard guard) {
    metadata.unmark(namespace, subject, guard);
  }

  private void issue(Action.Issue issue, MachineIdentity identity) {
    var receipt = issue.receipt();
    var made = make(issue.subject(), () -> maker.make(issue.recipe().keys(), receipt.version()));
    var secret =
        new SecretBuilder()
            .withMetadata(ownObject(issue.subject(), issue.labelling(), identity).build())
            .withType(issue.type())
            .withData(encoded(made))
            .build();
    secret.getMetadata().getAnnotations().putAll(annotations(receipt));
    remember(
        Refusal.asked(
            issue.subject(),
            "create",
            secrets(secret, issue.recipe().keys()),
            () -> client.resource(secret).create()));
  }

  private void rotate(Action.Rotate rotate, MachineIdentity identity) {
    var secret = current(namespace(identity), rotate.subject(), rotate.guard());
    var made =
        make(
            rotate.subject(), () -> maker.make(rotate.recipe().keys(), rotate.receipt().version()));
    var data = withoutPrevious(secret);
    // What somebody else put into the Secret stays; what we made before goes or becomes previous.
    var replaced = new HashSet<>(made.keySet());
    replaced.addAll(FieldOwners.ourData(secret.getMetadata()));
    for (var key : replaced) {
      var before = data.remove(key);
      if (before != null && rotate.receipt().previousRetiresAt().isPresent()) {
        data.put(key + Api.PREVIOUS, before);
      }
    }
    data.putAll(encoded(made));
    secret.setData(data);
    put(secret, annotations(rotate.receipt()), rotate.subject(), rotate.recipe().keys());
  }

  private void retire(Action.Retire retire, MachineIdentity identity) {
    var secret = current(namespace(identity), retire.subject(), retire.guard());
    secret.setData(withoutPrevious(secret));
    put(secret, Map.of(), retire.subject(), List.of());
  }

  private void put(
      Secret secret, Map<String, String> annotations, Subject subject, List<Key> keys) {
    var all = new HashMap<>(secret.getMetadata().getAnnotations());
    all.remove(Api.PREVIOUS_RETIRES_AT);
    all.putAll(annotations);
    secret.getMetadata().setAnnotations(all);
    remember(
        Refusal.asked(
            subject, "update", secrets(secret, keys), () -> client.resource(secret).update()));
  }

  /// The values that must not come back in a message: all but those that the recipe states.
  private static List<byte[]> secrets(Secret secret, List<Key> keys) {
    var stated =
        keys.stream()
            .flatMap(
                key ->
                    switch (key.generator()) {
                      case Generator.Fixed(var text) -> Stream.of(text);
                      case Generator.Alternate(var texts) -> texts.stream();
                      default -> Stream.<String>of();
                    })
            .collect(Collectors.toSet());
    return secret.getData().values().stream()
        .map(Base64.getDecoder()::decode)
        .filter(value -> !stated.contains(new String(value, StandardCharsets.UTF_8)))
        .toList();
  }

  /// The Secret with its bytes, if it still is the one that was judged.
  private Secret current(String namespace, Subject subject, Guard guard) {
    var secret =
        Refusal.asked(
            subject,
            "read",
            () -> client.secrets().inNamespace(namespace).withName(subject.name()).get());
    if (secret == null
        || !guard.uid().equals(secret.getMetadata().getUid())
        || !guard.resourceVersion().equals(secret.getMetadata().getResourceVersion())) {
      throw Refusal.raced(subject);
    }
    return secret;
  }

  /// The data without the values before the current one: the keys `<key>.previous` that we wrote,
  /// or, where nobody kept account of who wrote what, those beside a `<key>`.
  private static Map<String, String> withoutPrevious(Secret secret) {
    var data = new HashMap<>(Objects.requireNonNullElse(secret.getData(), Map.of()));
    var all = Set.copyOf(data.keySet());
    var ours = FieldOwners.ourData(secret.getMetadata());
    data.keySet()
        .removeIf(
            key ->
                key.endsWith(Api.PREVIOUS)
                    && (ours.isEmpty()
                        ? all.contains(key.substring(0, key.length() - Api.PREVIOUS.length()))
                        : ours.contains(key)));
    return data;
  }

  private void provision(Action.Provision provision, MachineIdentity identity) {
    var account =
        new ServiceAccountBuilder()
            .withMetadata(ownObject(provision.subject(), provision.labelling(), identity).build())
            .withAutomountServiceAccountToken(provision.automount())
            .build();
    memory.wrote(
        Refusal.asked(provision.subject(), "create", () -> client.resource(account).create()));
  }

  private void adjust(Action.Adjust adjust, MachineIdentity identity) {
    var change =
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withName(adjust.subject().name())
            .withNamespace(namespace(identity))
            .withUid(adjust.guard().uid())
            .withResourceVersion(adjust.guard().resourceVersion())
            .endMetadata()
            .withAutomountServiceAccountToken(adjust.automount())
            .build();
    memory.wrote(
        Refusal.asked(
            adjust.subject(),
            "patch",
            () -> client.resource(change).patch(MetadataWrites.MERGE, change)));
  }

  private static ObjectMetaBuilder ownObject(
      Subject subject, Labelling labelling, MachineIdentity identity) {
    var meta =
        new ObjectMetaBuilder()
            .withName(subject.name())
            .withNamespace(namespace(identity))
            .withOwnerReferences(owner(identity))
            .addToLabels(Api.MANAGED_BY, Api.MANAGER)
            .withAnnotations(new HashMap<>());
    labelling.identity().ifPresent(name -> meta.addToLabels(Api.IDENTITY, name));
    labelling.owner().ifPresent(contact -> meta.addToAnnotations(Api.OWNER, contact));
    labelling.team().ifPresent(team -> meta.addToAnnotations(Api.TEAM, team));
    return meta;
  }

  /// Without `blockOwnerDeletion`: an identity can always be deleted, and no right to its
  /// finalizers is needed.
  private static OwnerReference owner(MachineIdentity identity) {
    return new OwnerReferenceBuilder()
        .withApiVersion(Api.GROUP + "/" + Api.VERSION)
        .withKind("MachineIdentity")
        .withName(identity.getMetadata().getName())
        .withUid(identity.getMetadata().getUid())
        .withController(true)
        .build();
  }

  private static Map<String, String> annotations(Receipt receipt) {
    var annotations = new HashMap<String, String>();
    annotations.put(Api.SECRET_VERSION, String.valueOf(receipt.version()));
    annotations.put(Api.ISSUED_AT, receipt.issuedAt().toString());
    annotations.put(Api.RECIPE, receipt.recipe());
    receipt
        .previousRetiresAt()
        .ifPresent(time -> annotations.put(Api.PREVIOUS_RETIRES_AT, time.toString()));
    receipt
        .forIdentityRequest()
        .ifPresent(value -> annotations.put(Api.ROTATED_FOR_IDENTITY, value));
    receipt.forSecretRequest().ifPresent(value -> annotations.put(Api.ROTATED_FOR_SECRET, value));
    return annotations;
  }

  private static SortedMap<String, byte[]> make(
      Subject subject, Supplier<SortedMap<String, byte[]>> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException impossible) {
      throw Refusal.of(
          subject, Objects.requireNonNullElse(impossible.getMessage(), "cannot be made"));
    }
  }

  private static Map<String, String> encoded(SortedMap<String, byte[]> values) {
    var data = new HashMap<String, String>();
    values.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value)));
    return data;
  }

  private void remember(Secret answer) {
    answer.setData(Map.of());
    memory.wrote(answer);
  }

  private static String namespace(MachineIdentity identity) {
    return identity.getMetadata().getNamespace();
  }
}
