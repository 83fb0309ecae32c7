// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Templates.Filter;
import dev.credence.facts.credential.Templates.Layout;
import dev.credence.facts.credential.Templates.Reference;
import dev.credence.facts.credential.Templates.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Values that a template inserts into a URL without percent-encoding, and that can contain
/// characters which break it. The generator tells: no value is read for this.
///
/// In the user information of a URL (`scheme://user:password@host`) every generator counts.
/// Elsewhere in a URL only random values and key pairs count: a fixed text may well be a path, or a
/// host with its port.
public final class UrlParts {
  /// Stands for the first reference of a template, the next character for the next one.
  private static final char REFERENCE = '\uE000';

  private static final Pattern PRIVATE_USE = Pattern.compile("[\uE000-\uF8FF]");

  /// The part after the scheme, up to the end of a URL in a text.
  private static final Pattern URL = Pattern.compile("://([^\\s\"'`<>]*)");

  private static final Pattern END_OF_AUTHORITY = Pattern.compile("[/?#]");

  /// By RFC 3986, percent-encoded characters included.
  private static final Pattern USER_INFO =
      Pattern.compile("(?:[-A-Za-z0-9._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*+");

  private final Map<String, Generator> generators = new HashMap<>();
  private final Map<String, Layout> templates = new HashMap<>();

  /// The references that are to be percent-encoded, by the template that has them.
  private final Map<String, Set<String>> found = new TreeMap<>();

  /// The template to correct, and how. Empty where every URL can be read.
  public static Optional<String> note(SecretContent material) {
    return material instanceof GeneratedContent(var keys) && Templates.problem(keys).isEmpty()
        ? new UrlParts(keys).note()
        : Optional.empty();
  }

  private UrlParts(List<KeySpec> keys) {
    for (var key : keys) {
      generators.put(key.name(), key.generator());
      if (key.generator() instanceof Generator.KeyPair pair) {
        pair.publicKey().ifPresent(half -> generators.put(half, pair));
      }
    }
    Templates.inOrder(keys).forEach(layout -> templates.put(layout.key(), layout));
    templates.values().forEach(this::evaluate);
  }

  private Optional<String> note() {
    return found.entrySet().stream()
        .findFirst()
        .map(
            entry ->
                "template %s: %s can contain characters that break a URL, such as `/` or `@`; write %s"
                    .formatted(
                        entry.getKey(),
                        braced(entry.getValue(), ""),
                        braced(entry.getValue(), "|url")));
  }

  private static String braced(Set<String> names, String how) {
    return names.stream().map(name -> "{" + name + how + "}").collect(Collectors.joining(", "));
  }

  private void evaluate(Layout layout) {
    var references = new ArrayList<Reference>();
    var text = new StringBuilder();
    for (var piece : layout.pieces()) {
      switch (piece) {
        case Text(var written) -> text.append(PRIVATE_USE.matcher(written).replaceAll("x"));
        case Reference use -> {
          text.append((char) (REFERENCE + references.size()));
          references.add(use);
        }
      }
    }
    var urls = URL.matcher(text);
    while (urls.find()) {
      var url = urls.group(1);
      var userInfo = END_OF_AUTHORITY.split(url, 2)[0].lastIndexOf('@');
      PRIVATE_USE
          .matcher(url)
          .results()
          .forEach(
              at ->
                  evaluate(
                      layout.key(),
                      references.get(at.group().charAt(0) - REFERENCE),
                      at.start() < userInfo,
                      new TreeSet<>()));
    }
  }

  /// `template`: what has the reference; `seen`: templates that were followed.
  private void evaluate(String template, Reference use, boolean inUserInfo, Set<String> seen) {
    if (use.filter() == Filter.url) {
      return;
    }
    if (use.filter() == Filter.base64) {
      found.computeIfAbsent(template, _ -> new TreeSet<>()).add(use.name());
      return;
    }
    var inner = templates.get(use.name());
    if (inner != null) {
      if (seen.add(use.name())) {
        inner.pieces().stream()
            .flatMap(piece -> piece instanceof Reference next ? Stream.of(next) : Stream.of())
            .forEach(next -> evaluate(use.name(), next, inUserInfo, seen));
      }
    } else if (Optional.ofNullable(generators.get(use.name()))
        .filter(generator -> canBreak(generator, inUserInfo))
        .isPresent()) {
      found.computeIfAbsent(template, _ -> new TreeSet<>()).add(use.name());
    }
  }

  private static boolean canBreak(Generator generator, boolean inUserInfo) {
    return switch (generator) {
      case Generator.RandomBytes(_, var encoding) ->
          encoding == Encoding.Base64 || encoding == Encoding.Raw;
      case Generator.KeyPair _, Generator.Issued _ -> true;
      case Generator.Fixed(var text) -> inUserInfo && isNoUserInfo(text);
      case Generator.Cycle(var texts) ->
          inUserInfo && texts.stream().anyMatch(UrlParts::isNoUserInfo);
      // Letters, digits and - . _ alone.
      case Generator.Password _, Generator.Uuid _ -> false;
      case Generator.Template _, Generator.Unknown _ -> false;
    };
  }

  private static boolean isNoUserInfo(String text) {
    return !USER_INFO.matcher(text).matches();
  }
}
