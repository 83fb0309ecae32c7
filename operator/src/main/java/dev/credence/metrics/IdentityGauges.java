// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import dev.credence.facts.policy.Section;
import dev.credence.plan.ConditionResult.ConditionStatus;
import dev.credence.plan.ConditionResult.ConditionType;
import dev.credence.plan.ConditionResult.Impact;
import dev.credence.plan.IdentityStatus;
import dev.credence.plan.IdentityStatus.Credential;
import dev.credence.plan.IdentityStatus.Credential.Phase;
import dev.credence.plan.Problem;
import dev.credence.plan.Reason;
import dev.credence.plan.ShownStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/// Gauges of the state of every identity as of its last reconcile. Counted at each scrape, so a
/// series disappears with its object.
public final class IdentityGauges implements MultiCollector {
  private static final Map<String, Duration> WITHIN = new LinkedHashMap<>();

  static {
    WITHIN.put("expired", Duration.ZERO);
    WITHIN.put("1h", Duration.ofHours(1));
    WITHIN.put("24h", Duration.ofHours(24));
    WITHIN.put("168h", Duration.ofHours(168));
    WITHIN.put("720h", Duration.ofHours(720));
  }

  private final ConcurrentSkipListMap<Name, Entry> statuses = new ConcurrentSkipListMap<>();
  private final AtomicLong changes = new AtomicLong();
  private final Clock clock;
  private final int mostSeries;
  private final int mostProblems;
  private final String version;

  public record Name(String namespace, String name) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      var byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
  }

  private record Entry(IdentityStatus status) {}

  /// `mostSeries`: the number of identities that have series of their own; `mostProblems`: the
  /// number of problems that have one.
  public IdentityGauges(Clock clock, int mostSeries, int mostProblems, String version) {
    this.clock = clock;
    this.version = version;
    this.mostSeries = mostSeries;
    this.mostProblems = mostProblems;
  }

  public void stands(Name name, IdentityStatus status) {
    var entry = new Entry(status);
    if (!entry.equals(statuses.put(name, entry))) {
      changes.incrementAndGet();
    }
  }

  /// Whether it was known until now.
  public boolean isGone(Name name) {
    var known = statuses.remove(name) != null;
    if (known) {
      changes.incrementAndGet();
    }
    return known;
  }

  /// Grows whenever anything stands otherwise than before.
  public long changes() {
    return changes.get();
  }

  public int size() {
    return statuses.size();
  }

  /// Empty before the first reconcile of the identity.
  public Optional<IdentityStatus> status(Name name) {
    return Optional.ofNullable(statuses.get(name)).map(Entry::status);
  }

  /// The number of identities that a policy matches, of those that break a rule of it, and of those
  /// for which it decides each of its sections.
  public Tally tally(String policy) {
    var identities = 0;
    var violations = 0;
    var sections = new EnumMap<Section, Counts>(Section.class);
    for (var entry : statuses.values()) {
      var status = entry.status();
      var applied = status.policies().stream().filter(one -> one.name().equals(policy)).findFirst();
      if (applied.isPresent()) {
        identities++;
        violations += breaks(status, policy) ? 1 : 0;
        applied.get().sections().forEach(section -> counts(sections, section).decided++);
        applied
            .get()
            .hidden()
            .forEach(hidden -> counts(sections, hidden.section()).hiddenBy(hidden.by()));
      }
    }
    return new Tally(
        identities,
        violations,
        sections.entrySet().stream().map(entry -> entry.getValue().tally(entry.getKey())).toList());
  }

  private static boolean breaks(IdentityStatus status, String policy) {
    return status.violations().stream()
        .anyMatch(violation -> violation.policy().filter(policy::equals).isPresent());
  }

  private static Counts counts(Map<Section, Counts> sections, Section section) {
    return sections.computeIfAbsent(section, _ -> new Counts());
  }

  private static final class Counts {
    private int decided;
    private int hidden;
    private final Set<String> by = new TreeSet<>();

    void hiddenBy(String policy) {
      hidden++;
      by.add(policy);
    }

    SectionTally tally(Section section) {
      return new SectionTally(section, decided, hidden, List.copyOf(by));
    }
  }

  /// `sections`: those of the policy, as far as it matches any identity.
  public record Tally(int identities, int violations, List<SectionTally> sections) {}

  /// The numbers of identities for which the policy decides the section, and another one does.
  public record SectionTally(Section section, int identities, int hidden, List<String> hiddenBy) {}

  @Override
  public MetricSnapshots collect() {
    var all = List.copyOf(statuses.values());
    var credentials = all.stream().flatMap(entry -> entry.status().credentials().stream()).toList();
    var gauges = new ArrayList<MetricSnapshot>();
    gauges.add(build());
    gauges.add(
        counted(
            Metric.Identities,
            all,
            entry ->
                Stream.of(
                    List.of(
                        entry.status().state().name(),
                        entry.status().type().map(IdentityStatus.Typed::type).orElse("")))));
    gauges.add(
        counted(
            Metric.NotReady,
            all,
            entry ->
                entry.status().ready()
                    ? Stream.of()
                    : Stream.of(
                        List.of(entry.status().always(ConditionType.Ready).reason().name()))));
    gauges.add(
        counted(
            Metric.Stalled,
            all,
            entry ->
                entry.status().results().stream()
                    .filter(result -> result.type() == ConditionType.Stalled)
                    .map(result -> List.of(result.reason().name()))));
    gauges.add(
        single(Metric.OwnerMissing, all.stream().filter(IdentityGauges::hasNoOwner).count()));
    gauges.add(
        counted(
            Metric.LegacyTokens,
            all,
            entry ->
                entry.status().legacyTokens().stream()
                    .map(token -> List.of(token.state().name()))));
    gauges.add(
        single(
            Metric.SuspensionsNotEnforced,
            all.stream().filter(IdentityGauges::isNotEnforced).count()));
    gauges.add(
        single(Metric.SuspensionsQueued, all.stream().filter(IdentityGauges::isQueued).count()));
    gauges.add(
        single(
            Metric.ApprovalsPending,
            all.stream().filter(IdentityGauges::waitsForApproval).count()));
    gauges.add(
        single(Metric.ReviewsOverdue, all.stream().filter(IdentityGauges::isOverdue).count()));
    gauges.add(
        counted(
            Metric.Violations,
            all,
            entry ->
                entry.status().violations().stream()
                    .map(
                        violation ->
                            List.of(violation.enforcement().name(), violation.reason().name()))
                    .distinct()));
    gauges.add(
        single(
            Metric.WithoutPolicy,
            all.stream().filter(entry -> entry.status().policies().isEmpty()).count()));
    gauges.add(
        counted(
            Metric.RiskFindings,
            all,
            entry ->
                entry.status().risk().stream()
                    .flatMap(risk -> risk.findings().stream())
                    .map(finding -> List.of(finding.rule(), finding.severity().name()))));
    gauges.add(
        counted(
            Metric.OddBehavior,
            all,
            entry ->
                entry.status().behavior().findings().stream()
                    .map(finding -> List.of(finding.kind()))));
    gauges.add(
        single(
            Metric.UnusedRights,
            all.stream()
                .flatMap(entry -> entry.status().risk().stream())
                .flatMap(risk -> risk.rights().stream())
                .mapToInt(IdentityStatus.RightsUsed::unused)
                .sum()));
    gauges.add(
        single(
            Metric.OverlapsActive,
            credentials.stream().filter(c -> c.previousRetires().isPresent()).count()));
    gauges.add(
        single(
            Metric.RotationsBlocked,
            credentials.stream().filter(c -> c.phase() == Phase.Blocked).count()));
    var now = clock.instant();
    var inService =
        all.stream()
            .map(Entry::status)
            .filter(status -> status.rotates(now))
            .flatMap(status -> status.credentials().stream())
            .map(Credential::shown)
            .toList();
    gauges.add(
        single(
            Metric.RotationsOverdue,
            inService.stream().filter(credential -> credential.isOverdue(now)).count()));
    gauges.add(
        single(
            Metric.ConsumersPending,
            inService.stream().filter(credential -> credential.hasPending(now)).count()));
    gauges.add(
        single(
            Metric.ConsumersLeftBehind,
            inService.stream().filter(ShownStatus.Credential::hasLeftBehind).count()));
    gauges.add(
        ending(
            Metric.RunningOut,
            inService.stream()
                .filter(credential -> credential.runsOut(now))
                .map(ShownStatus.Credential::ends),
            now));
    gauges.add(ending(Metric.CredentialsExpiring, credentials.stream().map(Credential::ends), now));
    gauges.add(
        single(
            Metric.CertificatesFailing,
            credentials.stream().filter(c -> c.failedAttempts().isPresent()).count()));
    nextRotation(credentials).map(time -> single(Metric.NextRotation, time)).ifPresent(gauges::add);
    gauges.addAll(ProblemGauges.of(problems(now), mostProblems));
    if (mostSeries > 0) {
      gauges.addAll(ownSeries());
    }
    return MetricSnapshots.of(gauges.toArray(MetricSnapshot[]::new));
  }

  private InfoSnapshot build() {
    var name = Metric.BuildInfo.page();
    return InfoSnapshot.builder()
        .name(name.substring(0, name.length() - "_info".length()))
        .help(Metric.BuildInfo.help())
        .dataPoint(
            InfoSnapshot.InfoDataPointSnapshot.builder()
                .labels(Labels.of("version", version))
                .build())
        .build();
  }

  private static boolean waitsForApproval(Entry entry) {
    return entry.status().results().stream()
        .anyMatch(
            result ->
                result.type() == ConditionType.Approved
                    && result.status() == ConditionStatus.False
                    && result.impact() != Impact.Audit);
  }

  private static boolean isNotEnforced(Entry entry) {
    return entry.status().results().stream()
        .anyMatch(
            result ->
                result.type() == ConditionType.Suspended && result.reason() == Reason.NotEnforced);
  }

  private static boolean isQueued(Entry entry) {
    return entry
        .status()
        .result(ConditionType.Suspended)
        .filter(result -> result.reason() == Reason.SuspensionQueued)
        .isPresent();
  }

  private static boolean isOverdue(Entry entry) {
    return entry.status().results().stream()
        .anyMatch(
            result ->
                result.type() == ConditionType.Reviewed
                    && result.reason() == Reason.ReviewOverdue
                    && result.impact() != Impact.Audit);
  }

  private static boolean hasNoOwner(Entry entry) {
    var owner = entry.status().always(ConditionType.OwnerAssigned);
    return owner.status() == ConditionStatus.False && owner.reason() == Reason.OwnerMissing;
  }

  private static Optional<Double> nextRotation(Collection<Credential> credentials) {
    return credentials.stream()
        .flatMap(credential -> credential.nextRotation().stream())
        .min(Comparator.naturalOrder())
        .map(IdentityGauges::seconds);
  }

  private static GaugeSnapshot ending(Metric metric, Stream<Optional<Instant>> ends, Instant now) {
    var counts = new LinkedHashMap<String, Long>();
    WITHIN.keySet().forEach(within -> counts.put(within, 0L));
    ends.flatMap(Optional::stream)
        .flatMap(end -> within(now, end))
        .forEach(within -> counts.merge(within, 1L, Long::sum));
    var gauge = gauge(metric);
    counts.forEach((within, count) -> gauge.dataPoint(point(Labels.of("within", within), count)));
    return gauge.build();
  }

  private static Stream<String> within(Instant now, Instant end) {
    return end.isAfter(now)
        ? WITHIN.entrySet().stream()
            .filter(within -> !end.isAfter(now.plus(within.getValue())))
            .map(Map.Entry::getKey)
        : Stream.of("expired");
  }

  private Stream<ProblemGauges.Found> problems(Instant now) {
    return statuses.entrySet().stream()
        .flatMap(
            entry ->
                Problem.of(entry.getValue().status(), now)
                    .map(
                        problem ->
                            new ProblemGauges.Found(
                                entry.getKey(), entry.getValue().status().owner(), problem)));
  }

  private List<GaugeSnapshot> ownSeries() {
    var ready = gauge(Metric.IdentityReady);
    var expiration = gauge(Metric.IdentityExpiration);
    var next = gauge(Metric.IdentityNextRotation);
    statuses.entrySet().stream()
        .limit(mostSeries)
        .forEach(
            entry -> {
              var labels =
                  Labels.of(
                      "object_namespace",
                      entry.getKey().namespace(),
                      "name",
                      entry.getKey().name());
              var status = entry.getValue().status();
              ready.dataPoint(point(labels, status.ready() ? 1 : 0));
              status.end().ifPresent(end -> expiration.dataPoint(point(labels, seconds(end))));
              nextRotation(status.credentials())
                  .ifPresent(time -> next.dataPoint(point(labels, time)));
            });
    return List.of(
        ready.build(),
        expiration.build(),
        next.build(),
        single(Metric.SeriesDropped, Math.max(0, statuses.size() - mostSeries)));
  }

  private static GaugeSnapshot counted(
      Metric metric, Collection<Entry> of, Function<Entry, Stream<List<String>>> labels) {
    var counts = new TreeMap<List<String>, Long>(Comparator.comparing(Object::toString));
    of.stream().flatMap(labels).forEach(values -> counts.merge(values, 1L, Long::sum));
    var gauge = gauge(metric);
    counts.forEach(
        (values, count) ->
            gauge.dataPoint(
                point(
                    Labels.of(
                        metric.labels().toArray(String[]::new), values.toArray(String[]::new)),
                    count)));
    return gauge.build();
  }

  private static GaugeSnapshot single(Metric metric, double value) {
    return gauge(metric).dataPoint(point(Labels.EMPTY, value)).build();
  }

  static GaugeSnapshot.Builder gauge(Metric metric) {
    return GaugeSnapshot.builder().name(metric.page()).help(metric.help());
  }

  static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond();
  }
}
