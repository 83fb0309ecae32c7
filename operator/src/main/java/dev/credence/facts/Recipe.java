package dev.credence.facts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// How all keys of a generated Secret are made.
public record Recipe(List<Key> keys) {
  private static final int DIGEST_BYTES = 8;

  public Recipe {
    keys = List.copyOf(keys);
  }

  /// Tells whether a value was made by this recipe. The text under it is written out here and not
  /// taken from `toString`, so that a renamed component does not rotate every Secret of a fleet at
  /// an upgrade.
  public String digest() {
    var text = keys.stream().map(Recipe::line).sorted().collect(Collectors.joining("\n"));
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  private static String line(Key key) {
    return key.name()
        + "\t"
        + switch (key.generator()) {
          case Generator.Fixed(var text) -> "fixed\t" + text;
          case Generator.Password(var length, var characters) ->
              "password\t" + length + "\t" + characters;
          case Generator.RandomBytes(var length, var encoding) ->
              "bytes\t" + length + "\t" + encoding;
          case Generator.Uuid() -> "uuid";
          case Generator.Alternate(var values) -> "alternate\t" + String.join("\t", values);
          case Generator.KeyPair(var algorithm, var size, var format, var publicKey) ->
              "keyPair\t"
                  + algorithm
                  + "\t"
                  + size.map(String::valueOf).orElse("")
                  + "\t"
                  + format
                  + "\t"
                  + publicKey.orElse("");
          case Generator.Unknown() -> "unknown";
          case Generator.Template(var text) -> "template\t" + text;
        };
  }
}
