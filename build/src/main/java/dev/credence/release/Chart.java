// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import dev.credence.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A chart of a release, with the index of all of them, and the manifests that it renders.
final class Chart {
  private static final String NAMESPACE = "credence-system";
  private static final String OLDEST_KUBERNETES = "1.33.0";

  private static final String RUNBOOKS = "    runbookUrl: \"\"";

  private final Path helm;
  private final String name;
  private final String version;
  private final Optional<String> image;
  private final Optional<String> source;

  /// `image` is the repository where the image of the chart is published, and `source` the address
  /// of the sources.
  Chart(Path helm, String name, String version, Optional<String> image, Optional<String> source) {
    this.helm = helm;
    this.name = name;
    this.version = version;
    this.image = image;
    this.source = source;
  }

  /// Packs a copy of `chart` that has the version, the repository of the image and the addresses of
  /// the release, and writes the index of the folder.
  Path pack(Path chart, Path folder, String address, Path scratch) throws IOException {
    var copy = scratch.resolve(name);
    copy(chart, copy);
    if (image.isPresent()) {
      nameImage(copy, image.get());
    }
    if (source.isPresent()) {
      nameSource(copy, source.get());
    }
    helm(
        "package",
        copy.toString(),
        "--version",
        version,
        "--app-version",
        version,
        "--destination",
        folder.toString());
    helm("repo", "index", folder.toString(), "--url", address);
    return folder.resolve("%s-%s.tgz".formatted(name, version));
  }

  private void nameImage(Path chart, String repository) throws IOException {
    replace(chart.resolve("values.yaml"), "  repository: \"\"", "  repository: " + repository);
    replace(
        chart.resolve("Chart.yaml"),
        "annotations:\n",
        """
        annotations:
          artifacthub.io/images: |
            - name: %s
              image: %s:%s
        """
            .formatted(repository.substring(repository.lastIndexOf('/') + 1), repository, version));
  }

  private void nameSource(Path chart, String address) throws IOException {
    var runbooks = address + "/blob/v" + version + "/docs/runbooks";
    if (Files.readString(chart.resolve("values.yaml")).contains(RUNBOOKS)) {
      replace(chart.resolve("values.yaml"), RUNBOOKS, "    runbookUrl: " + runbooks);
    }
    replace(
        chart.resolve("Chart.yaml"),
        "type: application\n",
        "type: application\nhome: %1$s\nsources:\n- %1$s\n".formatted(address));
    replace(
        chart.resolve("Chart.yaml"),
        "annotations:\n",
        """
        annotations:
          artifacthub.io/links: |
            - name: documentation
              url: %1$s/blob/v%2$s/docs/README.md
            - name: support
              url: %1$s/issues
        """
            .formatted(address, version));
  }

  /// Writes all objects of the chart for `kubectl apply`: `install.yaml` for every supported
  /// version of Kubernetes, and one more file with the policy that Kubernetes 1.36 can enforce.
  void render(Path packed, String digest, Path folder) throws IOException {
    var words = new ArrayList<>(List.of("template", "credence", packed.toString(), "--no-hooks"));
    words.addAll(List.of("--namespace", NAMESPACE, "--kube-version", OLDEST_KUBERNETES));
    words.add("--set");
    // Without a registry, nodes have the image as `docker load` and `kind load` name it.
    words.add(
        image
            .map(repository -> "image.repository=" + repository + ",image.digest=" + digest)
            .orElse("image.repository=credence"));
    write(folder.resolve("install.yaml"), helm(words.toArray(String[]::new)));
    words.addAll(
        List.of("--api-versions", "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"));
    write(folder.resolve("install-kubernetes-1.36.yaml"), helm(words.toArray(String[]::new)));
  }

  private void write(Path file, String objects) throws IOException {
    Files.writeString(
        file,
        """
        # Credence %s. Install and upgrade: kubectl apply --server-side -f %s
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
        """
                .formatted(version, file.getFileName(), NAMESPACE)
            + objects);
  }

  private String helm(String... words) {
    var all = new ArrayList<String>();
    all.add(helm.toString());
    all.addAll(List.of(words));
    return Program.output(Map.of(), all);
  }

  private static void replace(Path file, String before, String after) throws IOException {
    var text = Files.readString(file);
    if (!text.contains(before)) {
      throw new IllegalStateException(file + " does not contain: " + before);
    }
    Files.writeString(file, text.replace(before, after));
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (var file : files.toList()) {
        var copied = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copied);
        } else {
          Files.copy(file, copied);
        }
      }
    }
  }
}
