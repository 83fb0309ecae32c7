// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.suspension;

import dev.credence.api.Api;
import dev.credence.api.SuspensionList;
import dev.credence.facts.identity.SuspensionFacts.Listed;
import dev.credence.facts.identity.SuspensionFacts.Listed.Until;
import dev.credence.observe.cache.KindCache;
import dev.credence.observe.cache.WatchedKind;
import dev.credence.raw.Metadata;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The list of suspended accounts, by which admission policies deny what they do: SuspensionLists
/// in the operator's namespace, with an entry `<namespace>.<ServiceAccount>` for each account. A
/// namespace has no dot in its name, so that no two accounts have one key.
///
/// The list once was a ConfigMap. The API server stops reading those for good once no policy
/// names them for a moment (kubernetes/kubernetes#130887), so that a list of a kind of our own took
/// its place.
public final class SuspendedAccounts {
  /// The name of the ConfigMap of before.
  public static final String OLD = "credence-suspended";

  /// The kind that the policies have as their parameter.
  public static final String KIND = "SuspensionList";

  private static final int UID_SHOWN = 8;

  /// The longest entry of another writer that is kept.
  private static final int LONGEST = 128;

  /// Of an entry that the deletion of its identity does not take off.
  private static final String UNTIL_RELEASED = "until-released";

  /// `crm 4f1c8a2b 2026-11-22T13:00:00Z`, and ` until-released` where that holds
  private static final Pattern ENTRY =
      Pattern.compile("([^ ]+) ([^ ]+) ([^ ]+)( " + UNTIL_RELEASED + ")?");

  private static final Pattern OLD_ENTRY =
      Pattern.compile("MachineIdentity (\\S+) \\((\\S+)\\) since (\\S+): .*");

  private final String namespace;
  private final KindCache<SuspensionList> watch;
  private final KindCache<ConfigMap> old;
  private final Consumer<Entry> changed;
  private final Runnable listsChanged;

  /// Names of lists that we wrote and that the watch may not have shown yet.
  private final Set<String> written = ConcurrentHashMap.newKeySet();

  /// Names of lists that we deleted and that the watch may still show, by their UID.
  private final Map<String, String> removed = new ConcurrentHashMap<>();

  private volatile Parsed parsed = new Parsed(List.of(), Map.of());

  /// The content of the lists with these versions.
  private record Parsed(List<String> versions, Map<String, Map<String, Listed>> byNamespace) {}

  /// An account, by its key, and what is listed of it.
  public record Entry(String namespace, String account, Listed listed) {
    public String key() {
      return SuspendedAccounts.key(namespace, account);
    }
  }

  /// `changed` gets each entry that came or went; `listsChanged` is called when any list changed.
  public SuspendedAccounts(
      KubernetesClient client, String namespace, Consumer<Entry> changed, Runnable listsChanged) {
    this.namespace = namespace;
    this.changed = changed;
    this.listsChanged = listsChanged;
    this.watch =
        KindCache.of(
            client.resources(SuspensionList.class).inNamespace(namespace),
            WatchedKind.of(SuspensionList.class),
            this::changed);
    this.old =
        KindCache.of(
            client.configMaps().inNamespace(namespace).withField("metadata.name", OLD),
            WatchedKind.of(ConfigMap.class),
            (before, after) -> {});
  }

  /// Short, and of ASCII alone: why an account is suspended is in the status of its identity.
  public static String text(Listed listed) {
    var uid = listed.uid();
    if (uid.isEmpty()) {
      return ascii(listed.why());
    }
    return "%s %s %s%s"
        .formatted(
            listed.identity(),
            uid.substring(0, Math.min(UID_SHOWN, uid.length())),
            listed.since(),
            listed.outlivesItsIdentity() ? " " + UNTIL_RELEASED : "");
  }

  private static String ascii(String text) {
    var plain = text.replaceAll("[^ -~]", "?");
    return plain.substring(0, Math.min(LONGEST, plain.length()));
  }

  public static String key(String namespace, String account) {
    return namespace + "." + account;
  }

  public KindCache<SuspensionList> watch() {
    return watch;
  }

  public KindCache<ConfigMap> old() {
    return old;
  }

  public void wrote(SuspensionList list) {
    watch.wrote(list);
    written.add(list.getMetadata().getName());
  }

  public void removed(SuspensionList list) {
    written.remove(list.getMetadata().getName());
    removed.put(list.getMetadata().getUid(), list.getMetadata().getName());
  }

  /// As they are, by name, with what we wrote a moment ago.
  public List<SuspensionList> lists() {
    return Stream.concat(
            watch.all().stream().map(list -> list.getMetadata().getName()), written.stream())
        .distinct()
        .flatMap(
            name -> {
              var found = watch.get(namespace, name);
              if (found.isEmpty()) {
                written.remove(name);
              }
              return found.stream();
            })
        .filter(list -> !removed.containsKey(list.getMetadata().getUid()))
        .sorted(Comparator.comparing(list -> list.getMetadata().getName()))
        .toList();
  }

  /// The ConfigMap of an operator of before.
  public Optional<ConfigMap> before() {
    return old.get(namespace, OLD);
  }

  public Map<String, Listed> in(String operatorNamespace) {
    return parsed().byNamespace().getOrDefault(operatorNamespace, Map.of());
  }

  /// Every reconcile reads this: thousands of entries are parsed once for each change.
  private Parsed parsed() {
    var lists = lists();
    var versions =
        lists.stream()
            .map(
                list -> list.getMetadata().getUid() + "@" + list.getMetadata().getResourceVersion())
            .toList();
    var known = parsed;
    if (known.versions().equals(versions)) {
      return known;
    }
    var now =
        new Parsed(
            versions,
            lists.stream()
                .flatMap(list -> entries(list).stream())
                .collect(
                    Collectors.groupingBy(
                        Entry::namespace,
                        Collectors.toMap(Entry::account, Entry::listed, (one, other) -> one))));
    parsed = now;
    return now;
  }

  /// The entries of the lists for accounts of this namespace, by name.
  public static Map<String, Listed> in(Collection<SuspensionList> lists, String operatorNamespace) {
    return lists.stream()
        .flatMap(list -> entries(list).stream())
        .filter(entry -> entry.namespace().equals(operatorNamespace))
        .collect(Collectors.toMap(Entry::account, Entry::listed, (one, other) -> one));
  }

  public Stream<Entry> all() {
    return lists().stream().flatMap(list -> entries(list).stream());
  }

  /// The entries of a ConfigMap of before.
  public static List<Entry> entries(ConfigMap map) {
    return map.getData() == null
        ? List.of()
        : map.getData().entrySet().stream()
            .flatMap(entry -> entry(entry.getKey(), entry.getValue()).stream())
            .toList();
  }

  /// Whether the operator or the chart made it.
  public static boolean isOurs(ConfigMap map) {
    var labels = Metadata.labels(map.getMetadata());
    return Api.MANAGER.equals(labels.get(Api.MANAGED_BY))
        || Api.MANAGER.equals(labels.get("app.kubernetes.io/part-of"));
  }

  private static List<Entry> entries(@Nullable SuspensionList list) {
    return list == null || list.getSpec() == null || list.getSpec().accounts() == null
        ? List.of()
        : list.getSpec().accounts().entrySet().stream()
            .flatMap(entry -> entry(entry.getKey(), entry.getValue()).stream())
            .toList();
  }

  /// An entry of another writer counts as listed, and is never removed.
  private static Optional<Entry> entry(String key, @Nullable String text) {
    var dot = key.indexOf('.');
    return dot <= 0
        ? Optional.empty()
        : Optional.of(
            new Entry(
                key.substring(0, dot), key.substring(dot + 1), listed(text == null ? "" : text)));
  }

  static Listed listed(String text) {
    return Stream.of(ENTRY, OLD_ENTRY)
        .map(pattern -> pattern.matcher(text))
        .filter(parts -> parts.matches() && UntrustedText.time(parts.group(3)).isPresent())
        .findFirst()
        .map(
            parts ->
                new Listed(
                    parts.group(1),
                    parts.group(2),
                    UntrustedText.time(parts.group(3)).orElse(Instant.EPOCH),
                    "",
                    until(parts)))
        .orElseGet(() -> new Listed("", "", Instant.EPOCH, UntrustedText.oneLine(text)));
  }

  private static Until until(Matcher parts) {
    return parts.groupCount() > 3 && parts.group(4) != null ? Until.Released : Until.Deleted;
  }

  private void changed(@Nullable SuspensionList before, @Nullable SuspensionList after) {
    var then = Set.copyOf(entries(before));
    var now = Set.copyOf(entries(after));
    if (before != null && after == null) {
      removed.remove(before.getMetadata().getUid());
    }
    listsChanged.run();
    Stream.concat(
            then.stream().filter(entry -> !now.contains(entry)),
            now.stream().filter(entry -> !then.contains(entry)))
        .forEach(changed);
  }
}
