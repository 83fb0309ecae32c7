// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The generators of all keys of a generated Secret.
public record GeneratedContent(List<KeySpec> keys) implements SecretContent {

  private static final char SEPARATOR = '.';

  public GeneratedContent {
    keys = List.copyOf(keys);
  }

  /// That of the generators, then that of the texts where there are some: which of the two changed
  /// makes a difference. The text under it is written out here and not taken from `toString`, so
  /// that a renamed component changes nothing.
  @Override
  public String digest() {
    return keys.stream().anyMatch(GeneratedContent::isText)
        ? generators() + SEPARATOR + digest(keys.stream().filter(GeneratedContent::isText))
        : generators();
  }

  @Override
  public Change since(String made) {
    // One digest over everything is what the first versions wrote.
    if (made.equals(digest()) || made.equals(digest(keys.stream()))) {
      return Change.Nothing;
    }
    var end = made.indexOf(SEPARATOR);
    return (end < 0 ? made : made.substring(0, end)).equals(generators())
        ? Change.Texts
        : Change.Generators;
  }

  private String generators() {
    return digest(keys.stream().filter(key -> !isText(key)));
  }

  /// Whether nothing of its own in it is secret: it follows from the spec and the other keys.
  public static boolean isText(KeySpec key) {
    return key.generator() instanceof Generator.Fixed
        || key.generator() instanceof Generator.Template;
  }

  private static String digest(Stream<KeySpec> keys) {
    return Digests.of(keys.map(GeneratedContent::line).sorted().collect(Collectors.joining("\n")));
  }

  private static String line(KeySpec key) {
    return key.name()
        + "\t"
        + switch (key.generator()) {
          case Generator.Fixed(var text) -> "fixed\t" + text;
          case Generator.Password(var length, var characters) ->
              "password\t" + length + "\t" + characters;
          case Generator.RandomBytes(var length, var encoding) ->
              "bytes\t" + length + "\t" + encoding;
          case Generator.Uuid() -> "uuid";
          case Generator.Cycle(var values) -> "cycle\t" + String.join("\t", values);
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
