// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

@ValidationRule(
    value =
        "self.keys.all(k, !has(k.keyPair) || !has(k.keyPair.publicKey) || !self.keys.exists(o, o.name == k.keyPair.publicKey))",
    message = "`publicKey` must not be the name of another key of the Secret")
@ValidationRule(
    value =
        "self.keys.all(k, !has(k.keyPair) || !has(k.keyPair.publicKey) || self.keys.exists_one(o, has(o.keyPair) && has(o.keyPair.publicKey) && o.keyPair.publicKey == k.keyPair.publicKey))",
    message = "`publicKey` must not be the same for two keys of the Secret")
@ValidationRule(
    value = "self.keys.filter(k, has(k.keyPair)).size() <= 8",
    message = "must have at most 8 keys with `keyPair`: each takes seconds to generate")
@ValidationRule(
    value =
        "!self.keys.exists(k, has(k.issued)) || self.keys.exists(k, has(k.issued) && has(k.issued.id) && k.issued.id)",
    message =
        "a Secret with `issued` needs a key with `issued.id: true`: the hook `revoke` ends the credential that this key names")
@ValidationRule(
    value = "self.keys.filter(k, has(k.issued)).size() <= 8",
    message = "must have at most 8 keys with `issued`")
@ValidationRule(
    value = Generate.TEXTS_FIT,
    message =
        "`value`, `template` and `cycle` of the keys must have at most 65536 characters together")
public record Generate(
    @JsonPropertyDescription(
            "The keys of the Secret. Each has exactly one generator. At least 1, at most 32.")
        @Required
        @Size(min = 1, max = 32)
        List<KeyRecipe> keys) {

  static final String TEXTS_FIT =
      "self.keys.map(k, (has(k.value) ? k.value.size() : 0) + (has(k.template) ? k.template.size() : 0) + (has(k.cycle) ? k.cycle.map(a, a.size()).sum() : 0)).sum() <= 65536";

  @ValidationRule(
      value =
          "[has(self.value), has(self.password), has(self.bytes), has(self.uuid), has(self.cycle), has(self.keyPair), has(self.template), has(self.issued)].filter(g, g).size() == 1",
      message =
          "must have exactly one of `value`, `password`, `bytes`, `uuid`, `cycle`, `keyPair`, `template` and `issued`")
  @ValidationRule(
      value = "!self.name.endsWith('.previous')",
      message = "`name` must not end in .previous: the operator stores the previous value there",
      fieldPath = ".name")
  public record KeyRecipe(
      @JsonPropertyDescription("The name of the key in the Secret.")
          @Required
          @Size(min = 1, max = 200)
          @Pattern(Form.KEY)
          String name,
      @JsonPropertyDescription(
              "Fixed text, the same in every version. A change of it does not regenerate the secret keys. Do not use it for secret values.")
          @Size(max = 4096)
          String value,
      @JsonPropertyDescription("A random password.") Password password,
      @JsonPropertyDescription("Random bytes.") RandomBytes bytes,
      @JsonPropertyDescription("A random UUID, version 4. Written as `uuid: {}`.") Uuid uuid,
      @JsonPropertyDescription(
              "A list of texts; each version uses the next one. With two accounts in the target system, the old and the new credential both work.")
          @Size(min = 2, max = 16)
          List<@Size(min = 1, max = 253) String> cycle,
      @JsonPropertyDescription("A private key, and its public key if `publicKey` is set.")
          KeyPair keyPair,
      @JsonPropertyDescription(
              "Text with other keys of this Secret in braces: `postgres://{username|url}:{password|url}@db/crm`. Write `|url` inside URLs, or a value with a character like `/`, `@` or `%` breaks them: it percent-encodes the value. Without it the value is inserted as it is. `|json` escapes it for the inside of a JSON string, `|base64` encodes it as Base64. `{{` is a brace.")
          @Size(min = 1, max = 4096)
          String template,
      @JsonPropertyDescription(
              "A value that another system issues, such as an access token: the hook `issue` obtains it and writes it into the Secret `<secret>-pending`. Written as `issued: {}`. Requires `hooks.issue`.")
          Issued issued) {

    /// One that the operator generates.
    public KeyRecipe(
        String name,
        String value,
        Password password,
        RandomBytes bytes,
        Uuid uuid,
        List<String> cycle,
        KeyPair keyPair,
        String template) {
      this(name, value, password, bytes, uuid, cycle, keyPair, template, null);
    }
  }

  public record Password(
      @JsonPropertyDescription("The number of characters, 8 to 1,024.")
          @Default("32")
          @Min(8)
          @Max(1024)
          Integer length,
      @JsonPropertyDescription(
              "The allowed characters: Digits, Letters (a-z, A-Z), AlphaNumeric, Symbols (letters, digits and punctuation). A password contains at least one character of each class.")
          @Default("AlphaNumeric")
          Characters characters) {}

  public enum Characters {
    Digits,
    Letters,
    AlphaNumeric,
    Symbols
  }

  public record RandomBytes(
      @JsonPropertyDescription("The number of bytes before encoding, 8 to 4,096.")
          @Default("32")
          @Min(8)
          @Max(4096)
          Integer length,
      @JsonPropertyDescription(
              "The encoding of the bytes: Hex, Base64, Base64Url (no padding) or Raw (not encoded).")
          @Default("Base64")
          Encoding encoding) {}

  public enum Encoding {
    Hex,
    Base64,
    Base64Url,
    Raw
  }

  public record Uuid() {}

  public record Issued(
      @JsonPropertyDescription(
              "The value names the credential in the system that issued it: the ID of a token, an access key ID. The hook `revoke` ends the credential that it names, and the operator does not switch to a value with the id of the current one.")
          Boolean id) {}

  @ValidationRule(
      value =
          "self.algorithm != 'RSA' || !has(self.size) || (self.size >= 2048 && self.size <= 4096)",
      message =
          "`size` of an RSA key must be 2048 to 4096 bits: a larger one takes minutes to generate. Use 4096, or Ed25519, ECDSA or MLDSA",
      fieldPath = ".size")
  @ValidationRule(
      value = "self.algorithm != 'ECDSA' || !has(self.size) || self.size in [256, 384, 521]",
      message = "`size` of an ECDSA key must be 256, 384 or 521, the NIST curve",
      fieldPath = ".size")
  @ValidationRule(
      value = "self.algorithm != 'MLDSA' || !has(self.size) || self.size in [44, 65, 87]",
      message = "`size` of an MLDSA key must be 44, 65 or 87, the parameter set of FIPS 204",
      fieldPath = ".size")
  @ValidationRule(
      value = "self.algorithm != 'Ed25519' || !has(self.size)",
      message = "`size` may not be specified for Ed25519, which has one size",
      fieldPath = ".size")
  @ValidationRule(
      value = "!(self.algorithm == 'MLDSA' && has(self.format) && self.format == 'OpenSSH')",
      message = "`format` OpenSSH has no MLDSA keys: use PKCS8",
      fieldPath = ".format")
  @ValidationRule(
      value = "!has(self.publicKey) || !self.publicKey.endsWith('.previous')",
      message =
          "`publicKey` must not end in .previous: the operator stores the previous value there",
      fieldPath = ".publicKey")
  public record KeyPair(
      @JsonPropertyDescription(
              "The algorithm of the key: RSA, ECDSA, Ed25519 or MLDSA (FIPS 204, post-quantum).")
          @Required
          Algorithm algorithm,
      @JsonPropertyDescription(
              "The size of the key. RSA: bits, 2048 to 4096 (default 3072). ECDSA: 256 (default), 384 or 521. MLDSA: 44, 65 (default) or 87.")
          Integer size,
      @JsonPropertyDescription(
              "The format of both keys: PKCS8 (PEM) or OpenSSH (the public key is a line of authorized_keys). Default: OpenSSH in a Secret of type kubernetes.io/ssh-auth, PKCS8 elsewhere and for MLDSA.")
          Format format,
      @JsonPropertyDescription(
              "The key of the Secret under which the operator stores the public key.")
          @Size(min = 1, max = 200)
          @Pattern(Form.KEY)
          String publicKey) {}

  public enum Algorithm {
    RSA,
    ECDSA,
    Ed25519,
    MLDSA
  }

  public enum Format {
    PKCS8,
    OpenSSH
  }
}
