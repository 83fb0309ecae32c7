// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import dev.credence.act.request.OwnedMetadata;
import dev.credence.act.request.VersionAnnotations;
import dev.credence.act.request.WriteRefused;
import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.Templates;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.evidence.CredentialId;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.object.ObjectRef;
import dev.credence.generate.Maker;
import dev.credence.observe.read.IdentityReader;
import dev.credence.plan.Action;
import dev.credence.plan.Action.VersionInfo;
import dev.credence.raw.MetadataRecord;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Secrets that we make, with their bytes: those are read at the moment of a change, for this class
/// alone, and live no longer than the call.
public final class SecretWrites {
  private static final String OPAQUE = "Opaque";
  private static final GeneratedContent NOTHING = new GeneratedContent(List.of());

  private static final Set<String> OF_THE_OVERLAP =
      Set.of(Api.PREVIOUS_RETIRES_AT, Api.PREVIOUS_IS, Api.HOOK_RUNS, Api.EVICTED, Api.LEFT_BEHIND);
  private static final Set<String> OF_THE_VALUE_BEFORE =
      Set.of(Api.EXPIRES_AT, Api.ACCOUNT_UID, Api.CREDENTIAL_IDS);

  /// The types of which a Secret may be taken over; the schema lets no others be made.
  private static final Set<String> ADOPTABLE =
      Set.of(
          OPAQUE,
          "kubernetes.io/basic-auth",
          "kubernetes.io/ssh-auth",
          "kubernetes.io/dockerconfigjson");

  private final SecretRequests secrets;
  private final TokenRequests tokens;
  private final Maker maker;
  private final Optional<KeyPool> pool;
  private final InstantSource clock;

  /// Values, when they end by themselves, and the ID of a token.
  private record Made(Map<String, byte[]> values, Optional<Instant> end, Optional<String> id) {
    private static Made endless(Map<String, byte[]> values) {
      return new Made(values, Optional.empty(), Optional.empty());
    }

    /// `before`: the IDs of the tokens before it.
    private Map<String, String> annotations(VersionInfo versionInfo, List<CredentialId> before) {
      var annotations = VersionAnnotations.of(versionInfo);
      annotations.put(Api.KEYS, OwnKeys.text(values.keySet()));
      end.ifPresent(time -> annotations.put(Api.EXPIRES_AT, time.toString()));
      id.map(
              known ->
                  CredentialId.issued(
                      before,
                      versionInfo.version(),
                      known,
                      versionInfo.previousRetiresAt().isPresent(),
                      versionInfo.issuedAt()))
          .ifPresent(all -> annotations.put(Api.CREDENTIAL_IDS, CredentialId.text(all)));
      return annotations;
    }
  }

  /// `pool`: where slow keys come from; empty: they are generated in the calling thread.
  public SecretWrites(
      SecretRequests secrets,
      TokenRequests tokens,
      Maker maker,
      Optional<KeyPool> pool,
      InstantSource clock) {
    this.secrets = secrets;
    this.tokens = tokens;
    this.maker = maker;
    this.pool = pool;
    this.clock = clock;
  }

  public void issue(Action.Issue issue, MachineIdentity identity) {
    var version = issue.versionInfo().version();
    var slow = slow(issue.material(), version, issue.subject(), identity);
    var generated = make(issue.material(), version, Map.of(), slow, issue.subject(), identity);
    var meta =
        OwnedMetadata.of(issue.subject(), issue.labelling(), identity, issue.retained())
            .addToAnnotations(generated.annotations(issue.versionInfo(), List.of()));
    describe(meta, issue.subject(), identity);
    secrets.create(meta, issue.type(), generated.values(), issue.subject(), issue.material());
  }

  public void stage(Action.Stage stage, MachineIdentity identity) {
    var namespace = namespace(identity);
    var material = stage.generatorSpec().beforeIssue();
    var issued = stage.generatorSpec().issued();
    var slow = slow(material, stage.versionInfo().version(), stage.of(), identity);
    // Only what takes turns has to know what is there now.
    var before =
        stage
            .current()
            .filter(preconditions -> takesTurns(material))
            .map(
                preconditions ->
                    Data.decoded(secrets.expected(namespace, stage.of(), preconditions)))
            .orElseGet(Map::of);
    var generated = generated(material, stage.versionInfo().version(), before, stage.of(), slow);
    var meta =
        OwnedMetadata.tied(stage.subject(), stage.labelling(), identity)
            .addToAnnotations(VersionAnnotations.of(stage.versionInfo()))
            .addToAnnotations(Api.KEYS, OwnKeys.text(generated.keySet()))
            .addToAnnotations(Api.PENDING_FOR, stage.of().name());
    if (!issued.isEmpty()) {
      meta.addToAnnotations(Api.ISSUED_KEYS, String.join(",", issued));
    }
    // The keys that its own type requires may still be missing.
    var type = issued.isEmpty() ? stage.type() : OPAQUE;
    secrets.create(meta, type, generated, stage.subject(), stage.generatorSpec());
  }

  private static boolean takesTurns(GeneratedContent generatorSpec) {
    return generatorSpec.keys().stream()
        .anyMatch(key -> key.generator() instanceof Generator.Cycle);
  }

  public void anchor(Action.Anchor anchor, MachineIdentity identity) {
    var meta =
        OwnedMetadata.tied(anchor.subject(), anchor.labelling(), identity)
            .addToAnnotations(Api.ANCHOR_FOR, anchor.of().name())
            .addToAnnotations(Api.SECRET_VERSION, String.valueOf(anchor.version()));
    anchor.account().ifPresent(uid -> meta.addToAnnotations(Api.ACCOUNT_UID, uid));
    secrets.create(meta, OPAQUE, Map.of(), anchor.subject(), NOTHING);
  }

  public void rotate(Action.Rotate rotate, MachineIdentity identity) {
    var version = rotate.versionInfo().version();
    var slow = slow(rotate.material(), version, rotate.subject(), identity);
    var secret = secrets.expected(namespace(identity), rotate.subject(), rotate.preconditions());
    var before = Data.decoded(secret);
    var generated = make(rotate.material(), version, before, slow, rotate.subject(), identity);
    replace(secret, generated, rotate.versionInfo(), rotate.subject(), rotate.material());
  }

  /// Promotes the verified value from the staged Secret to the one that consumers read.
  public void promote(Action.Promote promote, MachineIdentity identity) {
    var proven = secrets.expected(namespace(identity), promote.pending(), promote.proven());
    var values = staged(proven, promote.generatorSpec());
    complete(values, promote);
    var generated = Made.endless(values);
    if (promote.current().isPresent()) {
      var secret =
          secrets.expected(namespace(identity), promote.subject(), promote.current().get());
      IssuedValues.checkNew(promote, values, Data.decoded(secret));
      replace(secret, generated, promote.versionInfo(), promote.subject(), promote.generatorSpec());
      return;
    }
    var meta =
        OwnedMetadata.of(promote.subject(), promote.labelling(), identity, promote.retained())
            .addToAnnotations(generated.annotations(promote.versionInfo(), List.of()));
    describe(meta, promote.subject(), identity);
    secrets.create(
        meta, promote.type(), generated.values(), promote.subject(), promote.generatorSpec());
  }

  /// Labels and annotations of the spec.
  private static void describe(
      ObjectMetaBuilder meta, ObjectRef subject, MachineIdentity identity) {
    wanted(identity, subject)
        .map(SecretWanted::metadata)
        .filter(metadata -> metadata.problem().isEmpty())
        .filter(metadata -> !metadata.equals(SecretMetadata.NONE))
        .findFirst()
        .ifPresent(
            metadata ->
                meta.addToLabels(metadata.labels())
                    .addToAnnotations(metadata.annotations())
                    .addToAnnotations(Api.METADATA, MetadataRecord.text(metadata)));
  }

  private static Stream<SecretWanted> wanted(MachineIdentity identity, ObjectRef subject) {
    return IdentityReader.identity(identity).secrets().stream()
        .filter(wanted -> wanted.name().equals(subject.name()));
  }

  /// Without what others wrote into the pending Secret.
  private static Map<String, byte[]> staged(Secret pending, GeneratedContent generatorSpec) {
    var values = Data.decoded(pending);
    var own = new TreeSet<>(OwnKeys.of(pending, OwnKeys.of(generatorSpec)));
    own.addAll(generatorSpec.issued());
    values.keySet().retainAll(own);
    return values;
  }

  /// The templates that refer to what another system issued.
  private void complete(Map<String, byte[]> values, Action.Promote promote) {
    if (!promote.generatorSpec().issued().isEmpty()) {
      IssuedValues.check(promote, values);
      values.putAll(filled(promote.generatorSpec(), values, promote.subject()));
    }
  }

  private void replace(
      Secret secret,
      Made generated,
      VersionInfo decided,
      ObjectRef subject,
      SecretContent material) {
    var versionInfo = decided.writtenAt(clock.instant());
    var values = Data.encoded(generated.values());
    var own = OwnKeys.of(secret, values.keySet());
    var data = Data.withoutPrevious(secret, own);
    // Consumers need no restart for values that are there already.
    var isChanged =
        values.entrySet().stream()
            .anyMatch(entry -> !entry.getValue().equals(data.get(entry.getKey())));
    // Keys of other users stay; keys that Credence wrote are removed or become previous.
    var replaced = new TreeSet<>(values.keySet());
    own.stream().filter(key -> !Data.isPrevious(key)).forEach(replaced::add);
    var written = new TreeSet<>(values.keySet());
    for (var key : replaced) {
      var before = data.remove(key);
      if (before != null && versionInfo.keepsPrevious() && isChanged) {
        written.add(keep(before, key + Api.PREVIOUS, data, subject));
      }
    }
    data.putAll(values);
    secret.setData(data);
    var tokens = tokens(secret);
    // Neither does the new value end with a token that was here before.
    secret.getMetadata().getAnnotations().keySet().removeAll(OF_THE_VALUE_BEFORE);
    var annotations = generated.annotations(versionInfo, tokens);
    annotations.put(Api.KEYS, OwnKeys.text(written));
    if (!isChanged) {
      annotations.keySet().removeAll(OF_THE_OVERLAP);
      versionInfo
          .leftBefore()
          .filter(_ -> !versionInfo.leavesAll())
          .ifPresent(before -> annotations.put(Api.LEFT_BEHIND, before.toString()));
    }
    put(secret, annotations, subject, material);
  }

  /// The IDs of its last tokens.
  private static List<CredentialId> tokens(Secret secret) {
    return Optional.ofNullable(secret.getMetadata().getAnnotations().get(Api.CREDENTIAL_IDS))
        .map(CredentialId::of)
        .orElse(List.of());
  }

  /// A key of that name which Credence did not write is a user's data.
  private static String keep(
      String before, String previous, Map<String, String> data, ObjectRef subject) {
    if (data.putIfAbsent(previous, before) != null) {
      throw WriteRefused.of(
          subject,
          "Key "
              + previous
              + " exists and was not written by Credence. The operator stores the previous value under this key. Rename or delete the key, or set `rotation.overlap: 0s`.");
    }
    return previous;
  }

  public void rollback(Action.Rollback rollback, MachineIdentity identity) {
    var subject = rollback.subject();
    var secret = secrets.expected(namespace(identity), subject, rollback.preconditions());
    var own = OwnKeys.of(secret, generated(identity, subject, secret));
    var data = Data.swapped(secret, own);
    if (data.equals(secret.getData())) {
      throw WriteRefused.of(subject, "The Secret has no previous value for a rollback");
    }
    secret.setData(data);
    var annotations = VersionAnnotations.of(rollback.versionInfo());
    annotations.put(Api.KEYS, kept(own, data));
    put(secret, annotations, subject, NOTHING);
  }

  public void retire(Action.Retire retire, MachineIdentity identity) {
    var subject = retire.subject();
    var secret = secrets.expected(namespace(identity), subject, retire.preconditions());
    var own = OwnKeys.of(secret, generated(identity, subject, secret));
    var data = Data.withoutPrevious(secret, own);
    secret.setData(data);
    var annotations = new HashMap<String, String>();
    annotations.put(Api.KEYS, kept(own, data));
    var tokens = tokens(secret);
    if (!tokens.isEmpty()) {
      var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      annotations.put(
          Api.CREDENTIAL_IDS,
          CredentialId.text(CredentialId.retiredBefore(tokens.getFirst().version(), tokens, now)));
    }
    retire
        .leftBefore()
        .ifPresent(
            before -> {
              annotations.put(Api.LEFT_BEHIND, before.toString());
              // They are still to be restarted.
              Optional.ofNullable(secret.getMetadata().getAnnotations().get(Api.EVICTED))
                  .ifPresent(evicted -> annotations.put(Api.EVICTED, evicted));
            });
    put(secret, annotations, subject, NOTHING);
  }

  /// The record of those keys that are still there.
  private static String kept(Set<String> own, Map<String, String> data) {
    return OwnKeys.text(own.stream().filter(data::containsKey).toList());
  }

  /// The keys that the identity describes for this Secret; all keys of a Secret that it does not
  /// describe any more.
  private static Set<String> generated(MachineIdentity identity, ObjectRef subject, Secret secret) {
    var keys = described(identity, subject);
    return keys.isEmpty()
        ? Data.of(secret).keySet().stream()
            .filter(key -> !Data.isPrevious(key))
            .collect(Collectors.toSet())
        : keys;
  }

  /// The keys of the generator spec.
  private static Set<String> described(MachineIdentity identity, ObjectRef subject) {
    return wanted(identity, subject)
        .flatMap(wanted -> wanted.material().stream())
        .flatMap(
            material ->
                material instanceof GeneratedContent generatorSpec
                    ? OwnKeys.of(generatorSpec).stream()
                    : Stream.of())
        .collect(Collectors.toSet());
  }

  /// Of what we wrote, only texts change, or go with their key; keys that were added come.
  public void reword(Action.Reword reword, MachineIdentity identity) {
    var subject = reword.subject();
    var generatorSpec = reword.generatorSpec();
    var added = new GeneratedContent(reword.added());
    var slow = slow(added, reword.version(), subject, identity);
    var secret = secrets.expected(namespace(identity), subject, reword.preconditions());
    var values = Data.decoded(secret);
    var fresh = generated(added, reword.version(), Map.of(), subject, slow);
    // A key of that name that somebody else wrote stays until the next version.
    fresh.keySet().removeAll(values.keySet());
    values.putAll(fresh);
    var texts = filled(generatorSpec, values, subject);
    var wanted = Templates.names(generatorSpec.keys()).collect(Collectors.toSet());
    var own = OwnKeys.of(secret, wanted);
    var data = Data.of(secret);
    own.stream()
        .filter(key -> !Data.isPrevious(key) && !wanted.contains(key))
        .forEach(data::remove);
    data.putAll(Data.encoded(texts));
    data.putAll(Data.encoded(fresh));
    secret.setData(data);
    var written = new TreeSet<>(own);
    written.addAll(texts.keySet());
    written.addAll(fresh.keySet());
    var annotations = new HashMap<>(secret.getMetadata().getAnnotations());
    annotations.keySet().retainAll(OF_THE_OVERLAP);
    annotations.put(Api.RECIPE, generatorSpec.digest());
    annotations.put(Api.KEYS, kept(written, data));
    put(secret, annotations, subject, generatorSpec);
  }

  /// The kubeconfig alone is written, with the token that is there.
  public void renewKubeconfig(Action.RenewKubeconfig renew, MachineIdentity identity) {
    var subject = renew.subject();
    var token = renew.token();
    var secret = secrets.expected(namespace(identity), subject, renew.preconditions());
    var data = Data.of(secret);
    data.putAll(
        Data.encoded(
            tokens.kubeconfig(
                Data.decoded(secret), token.account(), namespace(identity), subject)));
    secret.setData(data);
    var annotations = new HashMap<>(secret.getMetadata().getAnnotations());
    annotations.keySet().retainAll(OF_THE_OVERLAP);
    annotations.put(Api.RECIPE, token.digest());
    put(secret, annotations, subject, token);
  }

  private Map<String, byte[]> filled(
      GeneratedContent generatorSpec, Map<String, byte[]> values, ObjectRef subject) {
    try {
      return maker.fill(generatorSpec.keys(), values);
    } catch (IllegalArgumentException impossible) {
      throw WriteRefused.of(
          subject,
          Objects.requireNonNullElse(impossible.getMessage(), "The template cannot be rendered"));
    }
  }

  /// A Secret of a type that has a meaning for Kubernetes or Helm is not adopted, whatever its
  /// annotations: a token of a service account would be one of any account of the namespace.
  /// `foreign`: its annotations do not say which version of ours it holds.
  public void checkAdoptable(ObjectRef subject, boolean foreign, MachineIdentity identity) {
    if (subject.kind() != ObjectRef.Kind.Secret) {
      return;
    }
    var secret = secrets.read(namespace(identity), subject);
    if (secret != null
        && !ADOPTABLE.contains(Objects.requireNonNullElse(secret.getType(), OPAQUE))) {
      throw WriteRefused.of(
          subject,
          "The Secret has the type "
              + secret.getType()
              + ", which cannot be adopted. Allowed are Opaque, kubernetes.io/basic-auth, kubernetes.io/ssh-auth and kubernetes.io/dockerconfigjson.");
    }
    if (secret == null || !foreign) {
      return;
    }
    OwnKeys.occupied(secret, described(identity, subject))
        .ifPresent(
            key -> {
              throw WriteRefused.of(
                  subject,
                  "The Secret has the key "
                      + key
                      + ", which Credence did not write, so the operator does not adopt it. The operator stores the previous value under this key. Rename or delete the key.");
            });
  }

  /// Nothing is asked of the API server before they are there.
  private Map<String, SortedMap<String, byte[]>> slow(
      SecretContent material, long version, ObjectRef subject, MachineIdentity identity) {
    return material instanceof GeneratedContent generatorSpec
        ? pool.map(keys -> keys.take(namespace(identity), subject, generatorSpec, version))
            .orElse(Map.of())
        : Map.of();
  }

  private Made make(
      SecretContent material,
      long version,
      Map<String, byte[]> before,
      Map<String, SortedMap<String, byte[]>> slow,
      ObjectRef subject,
      MachineIdentity identity) {
    return switch (material) {
      case GeneratedContent generatorSpec ->
          Made.endless(generated(generatorSpec, version, before, subject, slow));
      case TokenRecipe token -> {
        var anchor = ObjectRef.anchorOf(subject.name(), version);
        var granted = tokens.request(identity, token, subject, anchor);
        yield new Made(granted.values(), Optional.of(granted.end()), granted.id());
      }
    };
  }

  private Map<String, byte[]> generated(
      GeneratedContent generatorSpec,
      long version,
      Map<String, byte[]> before,
      ObjectRef subject,
      Map<String, SortedMap<String, byte[]>> slow) {
    try {
      return maker.make(generatorSpec.keys(), version, before, slow);
    } catch (IllegalArgumentException impossible) {
      throw WriteRefused.of(
          subject,
          Objects.requireNonNullElse(impossible.getMessage(), "The value cannot be generated"));
    }
  }

  private void put(
      Secret secret, Map<String, String> annotations, ObjectRef subject, SecretContent material) {
    var all = new HashMap<>(secret.getMetadata().getAnnotations());
    all.keySet().removeAll(OF_THE_OVERLAP);
    all.putAll(annotations);
    secret.getMetadata().setAnnotations(all);
    secrets.update(secret, subject, material);
  }

  private static String namespace(MachineIdentity identity) {
    return identity.getMetadata().getNamespace();
  }
}
