// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.read;

import dev.credence.api.Api;
import dev.credence.api.Generate;
import dev.credence.api.LabelMatch;
import dev.credence.api.MachineIdentity;
import dev.credence.api.MachineIdentitySpec;
import dev.credence.api.MachineIdentitySpec.DeletionPolicy;
import dev.credence.api.MachineIdentityStatus;
import dev.credence.api.MachineIdentityStatus.CredentialStatus;
import dev.credence.api.MachineIdentityStatus.CredentialType;
import dev.credence.api.MachineIdentityStatus.Handled;
import dev.credence.api.MachineIdentityStatus.ProbeResult;
import dev.credence.api.MemberSelector;
import dev.credence.api.SecretMember;
import dev.credence.api.ServiceAccountMember;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator;
import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Hooks;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.Request;
import dev.credence.facts.credential.Requests;
import dev.credence.facts.credential.SecretContent;
import dev.credence.facts.credential.SecretMetadata;
import dev.credence.facts.credential.TokenRecipe;
import dev.credence.facts.identity.Identity;
import dev.credence.facts.identity.Identity.AccountElsewhere;
import dev.credence.facts.identity.Identity.AccountWanted;
import dev.credence.facts.identity.Identity.CertificateWanted;
import dev.credence.facts.identity.Identity.Known;
import dev.credence.facts.identity.Identity.Probed;
import dev.credence.facts.identity.Identity.SecretWanted;
import dev.credence.facts.identity.Identity.Users;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.object.Selector;
import dev.credence.facts.object.Selector.Expression;
import dev.credence.facts.object.Selector.Operator;
import dev.credence.facts.policy.RotationRule;
import dev.credence.observe.certmanager.CertificateReader;
import dev.credence.raw.Metadata;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A MachineIdentity as facts. What the schema of a newer version lets through and this one does
/// not know comes as null.
public final class IdentityReader {
  private static final String OPAQUE = "Opaque";
  private static final String SSH = "kubernetes.io/ssh-auth";
  private static final int DEFAULT_LENGTH = 32;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration DEFAULT_PROBE = Duration.ofHours(1);
  private static final Duration SHORTEST_PROBE = Duration.ofMinutes(1);
  private static final Duration DEFAULT_LIFETIME = Duration.ofHours(24);
  /// Selects nothing.
  static final Expression NOTHING = new Expression("", Operator.In, Set.of());

  public static Identity identity(MachineIdentity resource) {
    var meta = resource.getMetadata();
    var spec = Optional.ofNullable(resource.getSpec());
    return new Identity(
        meta.getNamespace(),
        meta.getName(),
        meta.getUid(),
        meta.getGeneration() == null ? 0 : meta.getGeneration(),
        UntrustedText.time(meta.getCreationTimestamp()).orElse(Instant.EPOCH),
        meta.getDeletionTimestamp() != null,
        Provenance.labels(resource),
        requests(meta, spec),
        LifecycleReader.lifecycleRequests(resource),
        owner(spec.map(MachineIdentitySpec::owner)),
        spec.map(MachineIdentitySpec::type).map(Enum::name),
        spec.map(MachineIdentitySpec::expirationTime),
        spec.map(MachineIdentitySpec::deletionPolicy)
            .filter(DeletionPolicy.Retain::equals)
            .isPresent(),
        list(spec.map(MachineIdentitySpec::serviceAccounts))
            .filter(member -> member.name() != null)
            .map(IdentityReader::account)
            .toList(),
        list(spec.map(MachineIdentitySpec::secrets))
            .filter(member -> member.name() != null)
            .map(IdentityReader::secret)
            .toList(),
        list(spec.map(MachineIdentitySpec::certificates))
            .filter(member -> member.name() != null)
            .map(
                member ->
                    new CertificateWanted(member.name(), CertificateReader.of(member.issue())))
            .toList(),
        selector(resource),
        knownVersions(resource.getStatus()),
        known(resource.getStatus()),
        LifecycleReader.recorded(resource.getStatus()));
  }

  private static Requests requests(ObjectMeta meta, Optional<MachineIdentitySpec> spec) {
    return MemberReader.requests(Metadata.annotations(meta))
        .with(spec.map(MachineIdentitySpec::rotationRequest).flatMap(UntrustedText::line))
        .orRevoke(
            Optional.ofNullable(Metadata.annotations(meta).get(Api.COMPROMISED))
                .map(why -> new Request.Asked(UntrustedText.oneLine("compromised " + why))));
  }

  private static Identity.Owner owner(Optional<dev.credence.api.Owner> owner) {
    return new Identity.Owner(
        owner
            .map(dev.credence.api.Owner::contact)
            .flatMap(UntrustedText::present)
            .map(UntrustedText::oneLine),
        owner
            .map(dev.credence.api.Owner::team)
            .flatMap(UntrustedText::present)
            .map(UntrustedText::oneLine),
        owner
            .map(dev.credence.api.Owner::backup)
            .flatMap(UntrustedText::present)
            .map(UntrustedText::oneLine));
  }

  private static AccountWanted account(ServiceAccountMember member) {
    return new AccountWanted(
        member.name(),
        Optional.ofNullable(member.provision())
            .map(provision -> Boolean.TRUE.equals(provision.automountServiceAccountToken())));
  }

  private static SecretWanted secret(SecretMember member) {
    return new SecretWanted(
        member.name(),
        Optional.ofNullable(member.account())
            .map(
                account ->
                    new AccountElsewhere(
                        account.type() == null ? "Other" : account.type().name(),
                        account.system(),
                        account.name())),
        Objects.requireNonNullElse(member.type(), OPAQUE),
        Optional.ofNullable(member.generate())
            .<SecretContent>map(generate -> generatorSpec(generate, SSH.equals(member.type())))
            .or(() -> Optional.ofNullable(member.token()).map(IdentityReader::token)),
        Optional.ofNullable(member.rotation())
            .map(
                rotation ->
                    new RotationRule(
                        TimingReader.of(
                            rotation.interval(), rotation.schedule(), rotation.timeZone()),
                        UntrustedText.duration(rotation.overlap()),
                        Optional.empty()))
            .orElse(RotationRule.SILENT),
        Optional.ofNullable(member.hooks()).map(IdentityReader::hooks).orElse(Hooks.NONE),
        Optional.ofNullable(member.metadata())
            .map(
                metadata ->
                    SecretMetadata.of(texts(metadata.labels()), texts(metadata.annotations())))
            .orElse(SecretMetadata.NONE),
        UntrustedText.line(member.rotationRequest()));
  }

  private static Map<String, String> texts(@Nullable Map<String, @Nullable String> written) {
    var texts = new HashMap<String, String>();
    Optional.ofNullable(written)
        .orElse(Map.of())
        .forEach((key, value) -> texts.put(key, Objects.requireNonNullElse(value, "")));
    return texts;
  }

  private static Hooks hooks(SecretMember.Hooks written) {
    return new Hooks(
        hook(written.issue()),
        hook(written.apply()),
        hook(written.verify()),
        hook(written.revoke()),
        hook(written.suspend()),
        hook(written.resume()),
        Optional.ofNullable(written.probe()).flatMap(probe -> probe(probe, written.verify())));
  }

  /// With the CronJob of `verify`, unless it names its own.
  private static Optional<Hooks.ProbeHook> probe(
      SecretMember.Probe written, SecretMember.@Nullable Hook verify) {
    return Optional.ofNullable(written.cronJobName())
        .or(() -> Optional.ofNullable(verify).map(SecretMember.Hook::cronJobName))
        .map(
            cronJob ->
                new Hooks.ProbeHook(
                    new Hooks.Hook(
                        cronJob, UntrustedText.duration(written.timeout()).orElse(DEFAULT_TIMEOUT)),
                    UntrustedText.duration(written.interval())
                        .filter(interval -> interval.compareTo(SHORTEST_PROBE) >= 0)
                        .orElse(DEFAULT_PROBE)));
  }

  private static Optional<Hooks.Hook> hook(SecretMember.@Nullable Hook written) {
    return Optional.ofNullable(written)
        .filter(hook -> hook.cronJobName() != null)
        .map(
            hook ->
                new Hooks.Hook(
                    hook.cronJobName(),
                    UntrustedText.duration(hook.timeout()).orElse(DEFAULT_TIMEOUT)));
  }

  private static TokenRecipe token(SecretMember.Token written) {
    return new TokenRecipe(
        Objects.requireNonNullElse(written.serviceAccountName(), ""),
        list(Optional.ofNullable(written.audiences())).toList(),
        UntrustedText.duration(written.lifetime()).orElse(DEFAULT_LIFETIME),
        Boolean.TRUE.equals(written.kubeconfig()));
  }

  private static GeneratedContent generatorSpec(Generate generate, boolean isForSsh) {
    return new GeneratedContent(
        list(Optional.ofNullable(generate.keys()))
            .map(key -> new KeySpec(key.name(), generator(key, isForSsh)))
            .toList());
  }

  private static Generator generator(Generate.KeyRecipe key, boolean isForSsh) {
    if (key.value() != null) {
      return new Generator.Fixed(key.value());
    }
    if (key.password() != null) {
      return new Generator.Password(
          Objects.requireNonNullElse(key.password().length(), DEFAULT_LENGTH),
          known(key.password().characters(), Characters.class, Characters.AlphaNumeric));
    }
    if (key.bytes() != null) {
      return new Generator.RandomBytes(
          Objects.requireNonNullElse(key.bytes().length(), DEFAULT_LENGTH),
          known(key.bytes().encoding(), Encoding.class, Encoding.Base64));
    }
    if (key.uuid() != null) {
      return new Generator.Uuid();
    }
    if (key.cycle() != null && !key.cycle().isEmpty()) {
      return new Generator.Cycle(key.cycle());
    }
    if (key.keyPair() != null && key.keyPair().algorithm() != null) {
      return new Generator.KeyPair(
          Algorithm.valueOf(key.keyPair().algorithm().name()),
          Optional.ofNullable(key.keyPair().size()),
          known(key.keyPair().format(), Format.class, format(key.keyPair(), isForSsh)),
          Optional.ofNullable(key.keyPair().publicKey()));
    }
    if (key.issued() != null) {
      return new Generator.Issued(Boolean.TRUE.equals(key.issued().id()));
    }
    if (key.template() != null) {
      return new Generator.Template(key.template());
    }
    return new Generator.Unknown();
  }

  /// Programs that read a Secret for SSH expect OpenSSH's own format, which has no MLDSA keys.
  private static Format format(Generate.KeyPair pair, boolean isForSsh) {
    return isForSsh && pair.algorithm() != Generate.Algorithm.MLDSA ? Format.OpenSSH : Format.PKCS8;
  }

  private static <E extends Enum<E>> E known(
      @Nullable Enum<?> written, Class<E> facts, E otherwise) {
    return written == null ? otherwise : Enum.valueOf(facts, written.name());
  }

  private static Map<String, Long> knownVersions(@Nullable MachineIdentityStatus status) {
    return list(Optional.ofNullable(status).map(MachineIdentityStatus::credentials))
        .filter(
            credential ->
                (credential.type() == CredentialType.Generated
                        || credential.type() == CredentialType.Token)
                    && credential.version() != null)
        .collect(
            Collectors.toMap(
                credential -> credential.name(), credential -> credential.version(), Math::max));
  }

  private static Map<String, Known> known(@Nullable MachineIdentityStatus status) {
    return list(Optional.ofNullable(status).map(MachineIdentityStatus::credentials))
        .filter(credential -> credential.name() != null)
        .collect(
            Collectors.toMap(credential -> credential.name(), IdentityReader::known, (a, b) -> b));
  }

  private static Known known(CredentialStatus credential) {
    var handled = Optional.ofNullable(credential.handled());
    return new Known(
        Optional.ofNullable(credential.consumers())
            .filter(users -> users.total() != null && users.current() != null)
            .map(
                users ->
                    new Users(
                        users.total(),
                        users.current(),
                        Objects.requireNonNullElse(users.leftBehind(), 0))),
        handled.map(Handled::rotate),
        handled.map(Handled::revoke),
        handled.map(Handled::rotateNow),
        handled.map(Handled::rotationRequest),
        Optional.ofNullable(credential.renewing()),
        Optional.ofNullable(credential.failedAttempts()),
        Optional.ofNullable(credential.probe())
            .filter(probe -> probe.startTime() != null)
            .map(
                probe ->
                    new Probed(
                        probe.startTime(),
                        probe.result() == ProbeResult.Failed
                            ? Optional.of(
                                Objects.requireNonNullElse(probe.message(), "the hook failed"))
                            : Optional.empty(),
                        probe.result() == ProbeResult.Passed)));
  }

  public static Optional<Selector> selector(MachineIdentity resource) {
    return Optional.ofNullable(resource.getSpec())
        .map(MachineIdentitySpec::selector)
        .map(IdentityReader::selector)
        // An empty one would match everything: the schema refuses it, and so do we.
        .filter(selector -> !selector.equals(Selector.EVERYTHING));
  }

  public static boolean selects(Selector selector, HasMetadata object) {
    var meta = object.getMetadata();
    var labels = Metadata.labels(meta);
    return object instanceof ServiceAccount
        ? selector.selects(ObjectRef.account(meta.getName()), labels)
        : selector.matches(labels);
  }

  private static Selector selector(MemberSelector selector) {
    return selector(selector.matchLabels(), selector.matchExpressions());
  }

  /// An empty selector, as an older schema may have let through, selects nothing rather than
  /// everything.
  public static Selector selector(
      @Nullable Map<String, @Nullable String> labels, @Nullable List<LabelMatch> expressions) {
    var asked = labels == null ? Map.<String, String>of() : labels;
    var stated = new HashMap<>(asked);
    stated.values().removeIf(Objects::isNull);
    var unsaid = stated.size() < asked.size() ? Stream.of(NOTHING) : Stream.<Expression>empty();
    return new Selector(
        stated,
        Stream.concat(
                list(Optional.ofNullable(expressions)).map(IdentityReader::expression), unsaid)
            .toList());
  }

  private static Expression expression(LabelMatch match) {
    return match.key() == null || match.operator() == null
        ? NOTHING
        : new Expression(
            match.key(),
            Operator.valueOf(match.operator().name()),
            NullSafe.in(match.values()).collect(Collectors.toSet()));
  }

  public static <T> Stream<T> list(Optional<List<T>> list) {
    return list.stream().flatMap(NullSafe::in);
  }

  private IdentityReader() {}
}
