package dev.credence.facts;

import java.util.List;
import java.util.stream.Collectors;

/// How all keys of a generated Secret are made.
public record Recipe(List<Key> keys) implements Material {

  public Recipe {
    keys = List.copyOf(keys);
  }

  /// The text under it is written out here and not taken from `toString`, so that a renamed
  /// component changes nothing.
  @Override
  public String digest() {
    return Digests.of(keys.stream().map(Recipe::line).sorted().collect(Collectors.joining("\n")));
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
