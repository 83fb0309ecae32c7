// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.text.Digests;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The generators of all keys of a generated Secret.
public record GeneratedContent(List<KeySpec> keys) implements SecretContent {

  private static final char SEPARATOR = '.';
  private static final String EACH = " ";
  private static final String NEXT = ",";
  private static final String IS = "=";
  private static final String TEXT = "text";
  private static final int MARK_BYTES = 4;

  public GeneratedContent {
    keys = List.copyOf(keys);
  }

  /// That of the generators, then that of the texts where there are some, then one for each key:
  /// which of them changed makes a difference. The text under it is written out here and not taken
  /// from `toString`, so that a renamed component changes nothing.
  @Override
  public String digest() {
    return whole()
        + EACH
        + keys.stream()
            .map(key -> key.name() + IS + mark(key))
            .sorted()
            .collect(Collectors.joining(NEXT));
  }

  @Override
  public Change since(String recordedDigest) {
    var recorded = recordedDigest.split(EACH, 2);
    // One digest over everything is what the first versions wrote.
    if (recorded[0].equals(whole()) || recorded[0].equals(digest(keys.stream()))) {
      return Change.Nothing;
    }
    if (recorded.length == 2) {
      var marks = marks(recorded[1]);
      if (keys.stream()
          .anyMatch(key -> !mark(key).equals(marks.getOrDefault(key.name(), mark(key))))) {
        return Change.Generators;
      }
      return added(recordedDigest).isEmpty() ? Change.Texts : Change.KeyAdded;
    }
    var end = recordedDigest.indexOf(SEPARATOR);
    return (end < 0 ? recordedDigest : recordedDigest.substring(0, end)).equals(generators())
        ? Change.Texts
        : Change.Generators;
  }

  /// The keys with a generator that a value made by the one of this digest does not have. Empty
  /// where the digest does not name its keys.
  public List<KeySpec> added(String recordedDigest) {
    var recorded = recordedDigest.split(EACH, 2);
    return recorded.length < 2
        ? List.of()
        : keys.stream()
            .filter(key -> !isText(key) && !marks(recorded[1]).containsKey(key.name()))
            .toList();
  }

  private static Map<String, String> marks(String recorded) {
    var marks = new HashMap<String, String>();
    for (var entry : recorded.split(NEXT, -1)) {
      var is = entry.indexOf(IS);
      if (is > 0) {
        marks.put(entry.substring(0, is), entry.substring(is + 1));
      }
    }
    return marks;
  }

  /// A short digest of its generator; the same for all texts.
  private static String mark(KeySpec key) {
    return isText(key) ? TEXT : Digests.of(line(key), MARK_BYTES);
  }

  private String whole() {
    return keys.stream().anyMatch(GeneratedContent::isText)
        ? generators() + SEPARATOR + digest(keys.stream().filter(GeneratedContent::isText))
        : generators();
  }

  private String generators() {
    return digest(keys.stream().filter(key -> !isText(key)));
  }

  /// Whether nothing of its own in it is secret: it follows from the spec and the other keys.
  public static boolean isText(KeySpec key) {
    return key.generator() instanceof Generator.Fixed
        || key.generator() instanceof Generator.Template;
  }

  /// The keys of the Secret that are not secret by themselves: names, fixed texts, templates (their
  /// secret parts are the values of other keys) and public keys.
  public Set<String> openKeys() {
    return keys.stream()
        .flatMap(
            key ->
                switch (key.generator()) {
                  case Generator.Fixed _, Generator.Template _, Generator.Cycle _ ->
                      Stream.of(key.name());
                  case Generator.KeyPair pair -> pair.publicKey().stream();
                  case Generator.Password _,
                      Generator.RandomBytes _,
                      Generator.Uuid _,
                      Generator.Issued _,
                      Generator.Unknown _ ->
                      Stream.<String>of();
                })
        .collect(Collectors.toSet());
  }

  /// The keys that the hook `issue` writes, in the order of their names.
  public List<String> issued() {
    return names(key -> key.generator() instanceof Generator.Issued);
  }

  /// Those of them that name the credential in the system that issues it.
  public List<String> ids() {
    return names(key -> key.generator() instanceof Generator.Issued(var id) && id);
  }

  private List<String> names(Predicate<KeySpec> which) {
    return keys.stream().filter(which).map(KeySpec::name).sorted().toList();
  }

  /// The keys that can be made before the others are issued: without those, and without the
  /// templates that refer to them.
  public GeneratedContent beforeIssue() {
    if (issued().isEmpty()) {
      return this;
    }
    var later = new HashSet<>(issued());
    for (var layout : Templates.inOrder(keys)) {
      if (layout.references().stream().anyMatch(later::contains)) {
        later.add(layout.key());
      }
    }
    return new GeneratedContent(keys.stream().filter(key -> !later.contains(key.name())).toList());
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
          case Generator.Issued(var id) -> "issued\t" + id;
          case Generator.Unknown() -> "unknown";
          case Generator.Template(var text) -> "template\t" + text;
        };
  }
}
