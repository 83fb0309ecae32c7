// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static java.util.stream.Collectors.toSet;

import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.Generator.RandomBytes;
import dev.credence.facts.credential.Generator.Template;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Can the templates of a Secret be filled in, and in which order? No value is seen here, so a
/// decision may ask before anything is made.
///
/// `{name}` in a template is the value of another key of the Secret (or of the public half of a key
/// pair), `{name|url}` the same value encoded by a [Filter], `{{` is a brace and `}}` is the other.
public final class Templates {

  /// A template with more references than this is refused.
  public static final int MOST_REFERENCES = 32;

  private static final Pattern PIECE =
      Pattern.compile("\\G(?:[^{}]+|\\{\\{|}}|\\{[-._a-zA-Z0-9]+(?:\\|(?:url|json|base64))?})");

  private Templates() {}

  /// A template as it reads: text and references in turn.
  public record Layout(String key, List<Piece> pieces) {
    public Layout {
      pieces = List.copyOf(pieces);
    }

    private List<Reference> uses() {
      return pieces.stream()
          .flatMap(piece -> piece instanceof Reference use ? Stream.of(use) : Stream.of())
          .toList();
    }

    List<String> references() {
      return uses().stream().map(Reference::name).toList();
    }
  }

  public sealed interface Piece {}

  public record Text(String text) implements Piece {}

  public record Reference(String name, Filter filter) implements Piece {}

  /// How a value is encoded where a template inserts it.
  public enum Filter {
    /// as it is
    none,
    /// percent-encoded (RFC 3986): one part of a URL, whatever the value holds
    url,
    /// escaped (RFC 8259): the text inside the quotes of a JSON string
    json,
    /// Base64 with padding (RFC 4648)
    base64
  }

  /// Why these keys cannot be made as they are written: a sentence for their author.
  public static Optional<String> problem(List<KeySpec> keys) {
    return generatedTwice(keys)
        .or(() -> first(keys.stream().map(Templates::unknown)))
        .or(() -> first(keys.stream().map(Templates::strayBrace)))
        .or(() -> first(layouts(keys).stream().map(Templates::tooManyReferences)))
        .or(() -> first(layouts(keys).stream().map(layout -> uselessReference(layout, keys))))
        .or(() -> circle(keys));
  }

  private static Optional<String> unknown(KeySpec key) {
    return key.generator() instanceof Generator.Unknown
        ? Optional.of(
            "key " + key.name() + " has a generator that this version of Credence does not know")
        : Optional.empty();
  }

  /// The templates among keys without a problem, each after those it refers to.
  public static List<Layout> inOrder(List<KeySpec> keys) {
    List<Layout> ordered = new ArrayList<>();
    List<Layout> waiting = layouts(keys);
    while (true) {
      Set<String> unfilled = waiting.stream().map(Layout::key).collect(toSet());
      List<Layout> ready =
          waiting.stream()
              .filter(layout -> Collections.disjoint(layout.references(), unfilled))
              .toList();
      if (ready.isEmpty()) {
        return ordered;
      }
      ordered.addAll(ready);
      waiting = waiting.stream().filter(layout -> !ready.contains(layout)).toList();
    }
  }

  /// Two values of one name: one would be lost, and a reference could mean either.
  private static Optional<String> generatedTwice(List<KeySpec> keys) {
    Set<String> seen = new HashSet<>();
    return names(keys)
        .filter(name -> !seen.add(name))
        .findFirst()
        .map(name -> "key %s is defined twice".formatted(name));
  }

  private static Optional<String> strayBrace(KeySpec key) {
    if (!(key.generator() instanceof Template(String text))) {
      return Optional.empty();
    }
    int end = PIECE.matcher(text).results().mapToInt(MatchResult::end).max().orElse(0);
    if (end == text.length()) {
      return Optional.empty();
    }
    String sentence =
        text.charAt(end) == '{'
            ? "template %s: the { at character %d does not begin a {key}; a brace itself is {{"
            : "template %s: the } at character %d does not end a {key}; a brace itself is }}";
    return Optional.of(sentence.formatted(key.name(), end + 1));
  }

  private static Optional<String> tooManyReferences(Layout layout) {
    int count = layout.references().size();
    return count <= MOST_REFERENCES
        ? Optional.empty()
        : Optional.of(
            "template %s: %d references, where %d is the most"
                .formatted(layout.key(), count, MOST_REFERENCES));
  }

  private static Optional<String> uselessReference(Layout layout, List<KeySpec> keys) {
    Set<String> names = names(keys).collect(toSet());
    Set<String> raw = keys.stream().filter(Templates::isRaw).map(KeySpec::name).collect(toSet());
    for (Reference use : layout.uses()) {
      String name = use.name();
      if (!names.contains(name)) {
        return Optional.of(
            "template %s: {%s} is not a key of this Secret".formatted(layout.key(), name));
      }
      if (raw.contains(name) && !isText(use.filter())) {
        return Optional.of(
            "template %s: {%s} is raw bytes and not text; encode it as Hex, Base64 or Base64Url"
                .formatted(layout.key(), name));
      }
    }
    return Optional.empty();
  }

  /// Whether the result is text, whatever the bytes of the value are.
  private static boolean isText(Filter filter) {
    return filter == Filter.url || filter == Filter.base64;
  }

  private static Optional<String> circle(List<KeySpec> keys) {
    List<Layout> stuck = new ArrayList<>(layouts(keys));
    stuck.removeAll(inOrder(keys));
    if (stuck.isEmpty()) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>();
    Layout at = stuck.getFirst();
    while (!path.contains(at.key())) {
      path.add(at.key());
      List<String> references = at.references();
      at = stuck.stream().filter(next -> references.contains(next.key())).findFirst().orElseThrow();
    }
    List<String> between = path.subList(path.indexOf(at.key()) + 1, path.size());
    return Optional.of(
        "template %s refers to itself%s"
            .formatted(
                at.key(), between.isEmpty() ? "" : " through " + String.join(", ", between)));
  }

  private static List<Layout> layouts(List<KeySpec> keys) {
    return keys.stream()
        .flatMap(
            key ->
                key.generator() instanceof Template(String text)
                    ? Stream.of(new Layout(key.name(), pieces(text)))
                    : Stream.of())
        .toList();
  }

  private static List<Piece> pieces(String text) {
    return PIECE.matcher(text).results().map(MatchResult::group).map(Templates::piece).toList();
  }

  private static Piece piece(String read) {
    return switch (read) {
      case "{{" -> new Text("{");
      case "}}" -> new Text("}");
      case String key when key.startsWith("{") -> reference(key.substring(1, key.length() - 1));
      case String text -> new Text(text);
    };
  }

  private static Reference reference(String use) {
    var bar = use.indexOf('|');
    return bar < 0
        ? new Reference(use, Filter.none)
        : new Reference(use.substring(0, bar), Filter.valueOf(use.substring(bar + 1)));
  }

  /// The keys of the Secret, public halves included.
  public static Stream<String> names(List<KeySpec> keys) {
    return keys.stream()
        .flatMap(
            key ->
                key.generator() instanceof KeyPair pair
                    ? Stream.concat(Stream.of(key.name()), pair.publicKey().stream())
                    : Stream.of(key.name()));
  }

  private static boolean isRaw(KeySpec key) {
    return key.generator() instanceof RandomBytes(_, Encoding encoding) && encoding == Encoding.Raw;
  }

  private static Optional<String> first(Stream<Optional<String>> problems) {
    return problems.flatMap(Optional::stream).findFirst();
  }
}
