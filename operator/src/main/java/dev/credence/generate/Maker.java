// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Cycle;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Fixed;
import dev.credence.facts.credential.Generator.Issued;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Generator.RandomBytes;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.Generator.Unknown;
import dev.credence.facts.credential.Generator.Uuid;
import dev.credence.facts.credential.KeySpec;
import dev.credence.facts.credential.Templates;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the values of a Secret. They leave only as the result: no field, message or `toString`
/// here holds one.
public final class Maker {

  private final SecureRandom random;

  public Maker(SecureRandom random) {
    this.random = random;
  }

  /// All data of one version of a Secret: key name to bytes, public halves of key pairs included.
  /// Text is UTF-8. The first version is 1.
  ///
  /// @throws IllegalArgumentException with a sentence for the author of the keys and no value in
  /// it: what [Templates#problem] says, a key pair that does not exist, or templates that come
  /// to more than 256 KiB
  public SortedMap<String, byte[]> make(List<KeySpec> keys, long version) {
    return make(keys, version, Map.of());
  }

  /// The same for a Secret that holds `before`: what takes turns takes the one after what is there.
  public SortedMap<String, byte[]> make(
      List<KeySpec> keys, long version, Map<String, byte[]> before) {
    return make(keys, version, before, Map.of());
  }

  /// The same with key pairs that were generated before, by the name of the key.
  public SortedMap<String, byte[]> make(
      List<KeySpec> keys,
      long version,
      Map<String, byte[]> before,
      Map<String, SortedMap<String, byte[]>> pairs) {
    checked(keys);
    SortedMap<String, byte[]> values = new TreeMap<>();
    for (KeySpec key : keys) {
      var pair = pairs.get(key.name());
      if (pair == null) {
        make(key, version, before, values);
      } else {
        values.putAll(pair);
      }
    }
    Expansion.into(values, Templates.inOrder(keys));
    return values;
  }

  /// Whether a key takes seconds to generate: the others take milliseconds.
  public static boolean isSlow(KeyPair pair) {
    return pair.algorithm() == Algorithm.RSA;
  }

  /// Both halves of one key pair, as [#make] puts them among the values.
  public SortedMap<String, byte[]> pair(String name, KeyPair pair) {
    return new TreeMap<>(KeyPairs.make(name, pair, random));
  }

  /// The fixed texts and templates alone, from the values that are there.
  ///
  /// @throws IllegalArgumentException as above, and where one of the other keys is not there
  public SortedMap<String, byte[]> fill(List<KeySpec> keys, Map<String, byte[]> values) {
    checked(keys);
    Templates.names(keys.stream().filter(key -> !GeneratedContent.isText(key)).toList())
        .filter(name -> !values.containsKey(name))
        .findFirst()
        .ifPresent(
            missing -> {
              throw new IllegalArgumentException(
                  "The key %s is missing, so the templates cannot be rendered. Set the annotation credence.dev/rotate to issue a new version."
                      .formatted(missing));
            });
    SortedMap<String, byte[]> all = new TreeMap<>(values);
    SortedMap<String, byte[]> texts = new TreeMap<>();
    for (KeySpec key : keys) {
      if (key.generator() instanceof Fixed(String text)) {
        all.put(key.name(), text.getBytes(UTF_8));
      }
    }
    Expansion.into(all, Templates.inOrder(keys));
    keys.stream()
        .filter(GeneratedContent::isText)
        .forEach(key -> texts.put(key.name(), Objects.requireNonNull(all.get(key.name()))));
    return texts;
  }

  private static void checked(List<KeySpec> keys) {
    Templates.problem(keys)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  private void make(
      KeySpec key, long version, Map<String, byte[]> before, SortedMap<String, byte[]> values) {
    switch (key.generator()) {
      case Fixed(String text) -> values.put(key.name(), text.getBytes(UTF_8));
      case Password(int length, Characters characters) ->
          values.put(key.name(), Passwords.draw(length, characters, random));
      case RandomBytes(int length, Encoding encoding) ->
          values.put(key.name(), EncodedBytes.draw(length, encoding, random));
      case Uuid() -> values.put(key.name(), Uuids.draw(random));
      case Cycle(List<String> texts) ->
          values.put(
              key.name(), credentialPlan(texts, version, before.get(key.name())).getBytes(UTF_8));
      case KeyPair pair -> values.putAll(KeyPairs.make(key.name(), pair, random));
      case Issued _ ->
          throw new IllegalArgumentException(
              "The key %s is issued by another system. Set `hooks.issue`.".formatted(key.name()));
      case Unknown _ -> throw new IllegalStateException("the check above refuses it");
      case Template _ -> {} // filled in when all the others are there
    }
  }

  /// After a version that was given up, or a rollback, the count alone would give the one that is
  /// in use.
  private static String credentialPlan(List<String> texts, long version, byte @Nullable [] before) {
    var place = before == null ? -1 : texts.indexOf(new String(before, UTF_8));
    return place >= 0
        ? texts.get((place + 1) % texts.size())
        : texts.get(Math.floorMod(version - 1, texts.size()));
  }
}
