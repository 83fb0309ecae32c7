// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The request for a certificate. Empty fields are left to cert-manager's own defaults.
///
/// `renewBeforePercentage` is what others may ask instead of `renewBefore`; `renews`: whether
/// cert-manager is to renew it at all; `unreadable`: what is written where a duration belongs and
/// is none, as `duration` '1d'.
public record Issuance(
    Issuer.Ref issuer,
    String secretName,
    Optional<String> commonName,
    List<String> dnsNames,
    List<String> uris,
    List<String> ipAddresses,
    List<String> usages,
    Optional<Duration> duration,
    Optional<Duration> renewBefore,
    Optional<Integer> renewBeforePercentage,
    boolean renews,
    Key key,
    List<String> unreadable) {
  /// cert-manager's default: 90 days.
  public static final Duration DURATION = Duration.ofHours(2160);

  private static final int DEFAULT_PART = 3;
  private static final int HUNDRED = 100;

  public Issuance {
    dnsNames = List.copyOf(dnsNames);
    uris = List.copyOf(uris);
    ipAddresses = List.copyOf(ipAddresses);
    usages = List.copyOf(usages);
    unreadable = List.copyOf(unreadable);
  }

  /// `size` in bits.
  public record Key(
      Optional<String> algorithm,
      Optional<Integer> size,
      Optional<String> encoding,
      Optional<String> rotationPolicy) {
    public static final Key DEFAULT =
        new Key(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final int RSA_BITS = 2048;
    private static final int ECDSA_BITS = 256;

    public static final String RSA = "RSA";
    public static final String ECDSA = "ECDSA";

    /// cert-manager's default is RSA.
    public String algorithmInUse() {
      return algorithm.orElse(RSA);
    }

    /// Empty where there is nothing to choose.
    public Optional<Integer> sizeInUse() {
      return switch (algorithmInUse()) {
        case RSA -> Optional.of(size.orElse(RSA_BITS));
        case ECDSA -> Optional.of(size.orElse(ECDSA_BITS));
        default -> Optional.empty();
      };
    }
  }

  /// Whether something is written in this field of the spec that is not a duration.
  public boolean isUnreadable(String field) {
    return unreadable.stream().anyMatch(text -> text.startsWith("`" + field + "`"));
  }

  /// The requested validity of a certificate.
  public Duration lifetime() {
    return duration.orElse(DURATION);
  }

  /// The time before the expiration of a certificate at which it is renewed: a third of its life
  /// where nothing is set, or something impossible.
  public Duration renewal() {
    return renewBefore
        .or(
            () ->
                renewBeforePercentage.map(part -> lifetime().dividedBy(HUNDRED).multipliedBy(part)))
        .filter(before -> !before.isNegative() && before.compareTo(lifetime()) < 0)
        .orElseGet(() -> lifetime().dividedBy(DEFAULT_PART));
  }

  /// The fields of a Certificate that an identity can set, with their place in its spec.
  public enum Field {
    IssuerGroup(i -> Optional.of(i.issuer().group()), "issuerRef", "group"),
    IssuerKind(i -> Optional.of(i.issuer().kind()), "issuerRef", "kind"),
    IssuerName(i -> Optional.of(i.issuer().name()), "issuerRef", "name"),
    SecretName(i -> Optional.of(i.secretName()), "secretName"),
    CommonName(Issuance::commonName, "commonName"),
    DnsNames(i -> some(i.dnsNames()), "dnsNames"),
    Uris(i -> some(i.uris()), "uris"),
    IpAddresses(i -> some(i.ipAddresses()), "ipAddresses"),
    Usages(i -> some(i.usages()), "usages"),
    Duration(Issuance::duration, "duration"),
    RenewBefore(Issuance::renewBefore, "renewBefore"),
    Algorithm(i -> i.key().algorithm(), "privateKey", "algorithm"),
    Size(i -> i.key().size(), "privateKey", "size"),
    Encoding(i -> i.key().encoding(), "privateKey", "encoding"),
    RotationPolicy(i -> i.key().rotationPolicy(), "privateKey", "rotationPolicy");

    private final Function<Issuance, Optional<?>> value;
    private final List<String> path;

    Field(Function<Issuance, Optional<?>> value, String... path) {
      this.value = value;
      this.path = List.of(path);
    }

    /// Empty where nothing is said.
    public Optional<?> of(Issuance issuance) {
      return value.apply(issuance);
    }

    /// In the spec of a Certificate.
    public List<String> path() {
      return path;
    }

    @Override
    public String toString() {
      return String.join(".", path);
    }

    private static Optional<List<String>> some(List<String> texts) {
      return texts.isEmpty() ? Optional.empty() : Optional.of(texts);
    }
  }

  /// The same for the same request; two requests with one digest cannot be found.
  public String digest() {
    return Digests.of(
        Arrays.stream(Field.values())
            .map(field -> field + "\t" + field.of(this).map(String::valueOf).orElse("-"))
            .collect(Collectors.joining("\n")),
        BYTES);
  }

  private static final int BYTES = 16;
}
