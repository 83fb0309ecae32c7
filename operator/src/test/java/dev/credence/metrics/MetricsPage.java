// SPDX-License-Identifier: Apache-2.0
package dev.credence.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A page of metrics, as a scraper reads it.
public final class MetricsPage {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([^ ]+)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"([^\"]*)\"");

  public record Sample(String name, Map<String, String> labels, double value) {}

  private final String text;
  private final List<Sample> samples;

  public MetricsPage(String text) {
    this.text = text;
    this.samples = samples(text);
  }

  public static MetricsPage of(PrometheusRegistry registry) {
    return written(registry, ExpositionFormats.init().getPrometheusTextFormatWriter());
  }

  public static MetricsPage openMetrics(PrometheusRegistry registry) {
    return written(registry, ExpositionFormats.init().getOpenMetricsTextFormatWriter());
  }

  private static MetricsPage written(PrometheusRegistry registry, ExpositionFormatWriter writer) {
    var bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new MetricsPage(bytes.toString(StandardCharsets.UTF_8));
  }

  public String text() {
    return text;
  }

  public List<Sample> samples() {
    return samples;
  }

  private static List<Sample> samples(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(SAMPLE::matcher)
        .filter(sample -> sample.matches())
        .map(
            sample ->
                new Sample(
                    sample.group(1),
                    labels(sample.group(2)),
                    Double.parseDouble(sample.group(3).replace("Inf", "Infinity"))))
        .toList();
  }

  private static Map<String, String> labels(String text) {
    var labels = new LinkedHashMap<String, String>();
    if (text != null) {
      LABEL.matcher(text).results().forEach(label -> labels.put(label.group(1), label.group(2)));
    }
    return labels;
  }

  /// The names of all samples.
  public Set<String> names() {
    var names = new TreeSet<String>();
    samples.forEach(sample -> names.add(sample.name()));
    return names;
  }

  public List<Sample> lines(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name)).toList();
  }

  /// The value of the one sample with exactly these labels, written `key=value`.
  public double value(String name, String... labels) {
    var wanted = new LinkedHashMap<String, String>();
    Arrays.stream(labels)
        .map(label -> label.split("=", 2))
        .forEach(label -> wanted.put(label[0], label[1]));
    var found = lines(name).stream().filter(sample -> sample.labels().equals(wanted)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of " + name + wanted + " in\n" + text);
    }
    return found.getFirst().value();
  }

  /// What `# TYPE` says about a family.
  public Map<String, String> types() {
    var types = new LinkedHashMap<String, String>();
    text.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" "))
        .forEach(words -> types.put(words[2], words[3]));
    return types;
  }
}
