// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record CertificateMember(
    @JsonPropertyDescription(
            "The name of a cert-manager Certificate of this namespace. cert-manager renews it. status.credentials shows its readiness and its expiration.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Form.NAME)
        String name,
    @JsonPropertyDescription(
            "The operator creates and owns the Certificate, and cert-manager issues it. Without `issue` the Certificate must exist. The operator does not change an existing Certificate unless its owner hands it over by the annotation credence.dev/adopt.")
        Issue issue) {

  @ValidationRule(
      value =
          "has(self.commonName) || (has(self.dnsNames) && size(self.dnsNames) > 0) || (has(self.uris) && size(self.uris) > 0) || (has(self.ipAddresses) && size(self.ipAddresses) > 0)",
      message = "`issue` needs at least one of `commonName`, `dnsNames`, `uris` and `ipAddresses`")
  @ValidationRule(
      value =
          "!has(self.duration) || !self.duration.matches('"
              + Form.DURATION
              + "') || duration(self.duration) >= duration('1h')",
      message = "`duration` must be at least 1h, as cert-manager requires",
      fieldPath = ".duration")
  @ValidationRule(
      value =
          "!has(self.renewBefore) || !self.renewBefore.matches('"
              + Form.DURATION
              + "') || duration(self.renewBefore) >= duration('5m')",
      message = "`renewBefore` must be at least 5m, as cert-manager requires",
      fieldPath = ".renewBefore")
  @ValidationRule(
      value =
          "!has(self.renewBefore) || !self.renewBefore.matches('"
              + Form.DURATION
              + "') || (has(self.duration) && !self.duration.matches('"
              + Form.DURATION
              + "')) || duration(self.renewBefore) < duration(has(self.duration) ? self.duration : '2160h')",
      message = "`renewBefore` must be shorter than `duration`, which is 2160h by default",
      fieldPath = ".renewBefore")
  public record Issue(
      @JsonPropertyDescription("The cert-manager issuer that signs the certificate.") @Required
          IssuerRef issuerRef,
      @JsonPropertyDescription(
              "The Secret to which cert-manager writes the private key and the certificate. An existing Secret that does not belong to this Certificate is never overwritten. The Secret remains when the Certificate is deleted.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String secretName,
      @JsonPropertyDescription("The common name of the subject, at most 64 characters (RFC 5280).")
          @Size(min = 1, max = 64)
          @Pattern(Form.LINE)
          String commonName,
      @JsonPropertyDescription("DNS names, such as crm.sales.svc or *.example.com. At most 32.")
          @Size(max = 32)
          List<@Size(min = 1, max = 253) @Pattern(Form.DNS_NAME) String> dnsNames,
      @JsonPropertyDescription(
              "URIs, such as the SPIFFE ID spiffe://example.com/ns/sales/sa/crm. At most 8.")
          @Size(max = 8)
          List<@Size(min = 1, max = 512) @Pattern(Form.URI) String> uris,
      @JsonPropertyDescription("IP addresses. At most 16.") @Size(max = 16)
          List<@Size(min = 2, max = 45) @Pattern(Form.IP_ADDRESS) String> ipAddresses,
      @JsonPropertyDescription(
              "The allowed usages of the key, such as client auth, server auth and digital signature. Default: digital signature and key encipherment, as in cert-manager.")
          @Size(max = 12)
          List<@Size(min = 1, max = 32) @Pattern(Form.KEY_USAGE) String> usages,
      @JsonPropertyDescription(
              "The requested validity of each certificate: 2160h is 90 days, the default of cert-manager. At least 1h. The issuer may grant less.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String duration,
      @JsonPropertyDescription(
              "How long before its expiration cert-manager renews the certificate: 720h. At least 5m and shorter than `duration`. Default: a third of its validity.")
          @Size(max = 24)
          @Pattern(Form.DURATION)
          String renewBefore,
      @JsonPropertyDescription("The private key that cert-manager generates.")
          PrivateKey privateKey) {}

  public record IssuerRef(
      @JsonPropertyDescription("The API group of the issuer. Default: cert-manager.io.")
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String group,
      @JsonPropertyDescription(
              "The kind of the issuer: Issuer (default, in this namespace), ClusterIssuer, or a kind of the API group in `group`.")
          @Size(min = 1, max = 63)
          @Pattern(Form.KIND)
          String kind,
      @JsonPropertyDescription("The name of the issuer.")
          @Required
          @Size(min = 1, max = 253)
          @Pattern(Form.NAME)
          String name) {}

  @ValidationRule(
      value =
          "!has(self.size) || !has(self.algorithm) || self.algorithm != 'ECDSA' || self.size in [256, 384, 521]",
      message = "`size` of an ECDSA key must be 256, 384 or 521",
      fieldPath = ".size")
  @ValidationRule(
      value =
          "!has(self.size) || (has(self.algorithm) && self.algorithm != 'RSA') || (self.size >= 2048 && self.size <= 8192)",
      message = "`size` of an RSA key must be between 2048 and 8192",
      fieldPath = ".size")
  @ValidationRule(
      value = "!has(self.size) || !has(self.algorithm) || self.algorithm != 'Ed25519'",
      message = "`size` may not be specified when `algorithm` is Ed25519: its keys have one size",
      fieldPath = ".size")
  public record PrivateKey(
      @JsonPropertyDescription("The algorithm of the key: RSA (default), ECDSA or Ed25519.")
          Algorithm algorithm,
      @JsonPropertyDescription(
              "The size of the key in bits. RSA: 2048 (default) to 8192. ECDSA: 256 (default), 384 or 521.")
          @Min(256)
          @Max(8192)
          Integer size,
      @JsonPropertyDescription(
              "The encoding of the private key: PKCS1 (the default of cert-manager) or PKCS8.")
          Encoding encoding,
      @JsonPropertyDescription(
              "Always (default): each certificate gets a new key. Never: cert-manager reuses the key, so a compromised key stays in use.")
          RotationPolicy rotationPolicy) {}

  public enum Algorithm {
    RSA,
    ECDSA,
    Ed25519
  }

  public enum Encoding {
    PKCS1,
    PKCS8
  }

  public enum RotationPolicy {
    Always,
    Never
  }
}
