package dev.credence.observe;

import dev.credence.facts.Safeguards.Listed;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The list by which admission policies deny what suspended accounts do: a ConfigMap in the
/// operator's namespace, with an entry `<namespace>.<ServiceAccount>` for each of them. A namespace
/// has no dot in its name, so that no two accounts have one key.
public final class SuspendedAccounts {
  /// The name of the ConfigMap.
  public static final String NAME = "credence-suspended";

  private static final Pattern TEXT =
      Pattern.compile("MachineIdentity (\\S+) \\((\\S+)\\) since (\\S+): (.*)");

  private final String namespace;
  private final Watch<ConfigMap> watch;
  private final Consumer<Entry> changed;

  /// An account, by its key, and what is listed of it.
  public record Entry(String namespace, String account, Listed listed) {}

  /// `changed` gets each entry that came or went.
  SuspendedAccounts(KubernetesClient client, String namespace, Consumer<Entry> changed) {
    this.namespace = namespace;
    this.changed = changed;
    this.watch =
        Watch.of(
            client.configMaps().inNamespace(namespace).withField("metadata.name", NAME),
            this::changed);
  }

  /// Who reads it is told by the API server that it is denied, and sees which identity to ask
  /// about.
  public static String text(Listed listed) {
    return "MachineIdentity %s (%s) since %s: %s"
        .formatted(listed.identity(), listed.uid(), listed.since(), listed.why());
  }

  public static String key(String namespace, String account) {
    return namespace + "." + account;
  }

  Watch<ConfigMap> watch() {
    return watch;
  }

  Map<String, Listed> in(String home) {
    return watch.get(namespace, NAME).map(list -> in(list, home)).orElseGet(Map::of);
  }

  /// What a list says of accounts of this namespace, by name.
  public static Map<String, Listed> in(ConfigMap list, String home) {
    return entries(list).stream()
        .filter(entry -> entry.namespace().equals(home))
        .collect(Collectors.toMap(Entry::account, Entry::listed));
  }

  Stream<Entry> all() {
    return watch.get(namespace, NAME).stream().flatMap(map -> entries(map).stream());
  }

  private static List<Entry> entries(@Nullable ConfigMap map) {
    return map == null || map.getData() == null
        ? List.of()
        : map.getData().entrySet().stream()
            .flatMap(entry -> entry(entry.getKey(), entry.getValue()).stream())
            .toList();
  }

  /// What somebody else wrote counts as listed, and is never ours to take off.
  private static Optional<Entry> entry(String key, String text) {
    var dot = key.indexOf('.');
    return dot <= 0
        ? Optional.empty()
        : Optional.of(new Entry(key.substring(0, dot), key.substring(dot + 1), listed(text)));
  }

  static Listed listed(String text) {
    var parts = TEXT.matcher(text);
    return parts.matches()
        ? new Listed(
            parts.group(1),
            parts.group(2),
            Texts.time(parts.group(3)).orElse(Instant.EPOCH),
            parts.group(4))
        : new Listed("", "", Instant.EPOCH, Texts.oneLine(text));
  }

  private void changed(@Nullable ConfigMap before, @Nullable ConfigMap after) {
    var then = entries(before);
    var now = entries(after);
    Stream.concat(
            then.stream().filter(entry -> !now.contains(entry)),
            now.stream().filter(entry -> !then.contains(entry)))
        .forEach(changed);
  }
}
