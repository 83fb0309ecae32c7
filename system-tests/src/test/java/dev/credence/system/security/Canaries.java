// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// Every value that was ever in a Secret of a namespace, and whether one of them is where it must
/// not be, however it is written there.
public final class Canaries implements AutoCloseable {
  /// Shorter ones are like words, which anything may say.
  private static final int SHORTEST = 16;

  /// What is no secret: public halves, and what is the same in every kubeconfig.
  private static final Set<String> PUBLIC = Set.of("key.pub", "ca.crt");

  private final Set<String> values = ConcurrentHashMap.newKeySet();
  private final Set<String> secrets = ConcurrentHashMap.newKeySet();
  private final Watch watch;

  /// Collects from now on: `key` of `secret` is told where a value is found.
  public static Canaries in(KubernetesClient client, String namespace) {
    return new Canaries(client, namespace);
  }

  private Canaries(KubernetesClient client, String namespace) {
    watch =
        client
            .secrets()
            .inNamespace(namespace)
            .watch(
                new Watcher<Secret>() {
                  @Override
                  public void eventReceived(Action action, Secret secret) {
                    collect(secret);
                  }

                  @Override
                  public void onClose(WatcherException lost) {
                    throw new IllegalStateException("values went by unseen", lost);
                  }
                });
  }

  private void collect(Secret secret) {
    secrets.add(secret.getMetadata().getName());
    Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
        .forEach(
            (key, base64) -> {
              if (!PUBLIC.contains(key.replace(".previous", ""))) {
                var value = new String(Base64.getDecoder().decode(base64), ISO_8859_1);
                values.addAll(lines(value));
                if (value.length() >= SHORTEST) {
                  values.add(value);
                }
              }
            });
  }

  /// The lines of a PEM, the token of a kubeconfig; of a token its signature, since others begin
  /// like it.
  private static List<String> lines(String value) {
    return value
        .lines()
        .filter(line -> !line.startsWith("-----"))
        .map(String::strip)
        .filter(line -> !line.contains(": ") || line.startsWith("token: "))
        .map(line -> line.replaceFirst("^token: ", "").replace("\"", ""))
        .map(line -> line.matches("ey[^.]+\\.[^.]+\\.[^.]+") ? line.split("\\.")[2] : line)
        .filter(line -> line.length() >= SHORTEST)
        .toList();
  }

  public int count() {
    return values.size();
  }

  /// Names of the Secrets that were there at some time.
  public Set<String> secrets() {
    return Set.copyOf(secrets);
  }

  /// How often a value was found, by the way in which it is written; nothing where there is none.
  public Map<String, Integer> foundIn(String text) {
    return found(text.getBytes(UTF_8), _ -> "");
  }

  /// And by what keeps it there.
  public Map<String, Integer> foundIn(HeapDump dump) {
    return found(dump.bytes(), dump::holders);
  }

  /// One way over the bytes for all the values: what begins like one of them is compared.
  private Map<String, Integer> found(byte[] bytes, IntFunction<String> where) {
    var byStart = new HashMap<Integer, List<Form>>();
    values.stream()
        .flatMap(Canaries::forms)
        .forEach(
            form ->
                byStart.computeIfAbsent(start(form.bytes(), 0), _ -> new ArrayList<>()).add(form));
    var known = new BitSet(1 << 16);
    byStart.keySet().forEach(start -> known.set(start >>> 16));
    var found = new HashMap<String, Integer>();
    for (var at = 0; at + SHORTEST <= bytes.length; at++) {
      var start = start(bytes, at);
      if (known.get(start >>> 16) && byStart.containsKey(start)) {
        for (var form : byStart.get(start)) {
          var end = at + form.bytes().length;
          if (end <= bytes.length && Arrays.equals(bytes, at, end, form.bytes(), 0, end - at)) {
            found.merge(form.how() + where.apply(at), 1, Integer::sum);
          }
        }
      }
    }
    return found;
  }

  private static int start(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | bytes[at + 3] & 0xff;
  }

  private record Form(String how, byte[] bytes) {}

  private static Stream<Form> forms(String value) {
    var raw = value.getBytes(ISO_8859_1);
    var base64 = Base64.getEncoder().withoutPadding().encodeToString(raw);
    var texts =
        Map.of(
            "as it is",
            value,
            "in Base64",
            base64,
            "in Base64 twice",
            Base64.getEncoder().withoutPadding().encodeToString(base64.getBytes(UTF_8)),
            "for a URL",
            URLEncoder.encode(value, ISO_8859_1),
            "in hex",
            HexFormat.of().formatHex(raw));
    return texts.entrySet().stream()
        .flatMap(
            text ->
                Stream.of(
                    new Form(text.getKey(), text.getValue().getBytes(ISO_8859_1)),
                    // As the JVM keeps an array of characters.
                    new Form(
                        text.getKey() + ", in characters", text.getValue().getBytes(UTF_16BE))));
  }

  @Override
  public void close() {
    watch.close();
  }
}
