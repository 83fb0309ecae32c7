// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The manifest for krew and the formula for Homebrew, with the archives of a release and their
/// checksums.
final class Packages {
  private static final Pattern ARCHIVE =
      Pattern.compile("credence-.+-(linux|darwin)-(amd64|arm64)[.]tar[.]gz");

  private final Path folder;
  private final String version;
  private final String address;
  private final Optional<String> source;

  /// `address` ends with a slash, and the name of an archive follows it.
  Packages(Path folder, String version, String address, Optional<String> source) {
    this.folder = folder;
    this.version = version;
    this.address = address;
    this.source = source;
  }

  void write() throws IOException {
    var archives = archives();
    Files.writeString(folder.resolve("credence.krew.yaml"), krew(archives));
    Files.writeString(folder.resolve("credence.rb"), homebrew(archives));
  }

  /// By `linux amd64`.
  private Map<String, Path> archives() throws IOException {
    var archives = new TreeMap<String, Path>();
    try (Stream<Path> files = Files.list(folder)) {
      for (var file : files.toList()) {
        var match = ARCHIVE.matcher(file.getFileName().toString());
        if (match.matches()) {
          archives.put(match.group(1) + " " + match.group(2), file);
        }
      }
    }
    return archives;
  }

  private String krew(Map<String, Path> archives) throws IOException {
    var text =
        new StringBuilder(
            """
            apiVersion: krew.googlecontainertools.github.com/v1alpha2
            kind: Plugin
            metadata:
              name: credence
            spec:
              version: v%s
            """
                .formatted(version));
    source.ifPresent(page -> text.append("  homepage: ").append(page).append('\n'));
    text.append(
        """
          shortDescription: Report and rotate machine identities
          description: |
            Explains why a machine identity is not Ready, plans what a policy would
            change, reports all identities of a cluster, and requests rotations,
            approvals, reviews and suspensions. Requires the CRDs of Credence.
          platforms:
        """);
    for (var archive : archives.entrySet()) {
      text.append(krew(archive.getKey().split(" "), archive.getValue()));
    }
    return text.toString();
  }

  private String krew(String[] platform, Path archive) throws IOException {
    return """
      - selector:
          matchLabels:
            os: %s
            arch: %s
        uri: %s
        sha256: %s
        files:
        - from: credence-%s/*
          to: .
        bin: bin/kubectl-credence
    """
        .formatted(
            platform[0],
            platform[1],
            address + archive.getFileName(),
            Checksums.of(archive),
            version);
  }

  private String homebrew(Map<String, Path> archives) throws IOException {
    var text = new StringBuilder("class Credence < Formula\n");
    text.append("  desc \"Machine-identity governance for Kubernetes\"\n");
    source.ifPresent(page -> text.append("  homepage \"").append(page).append("\"\n"));
    text.append("  version \"").append(version).append("\"\n  license \"Apache-2.0\"\n\n");
    for (var archive : archives.entrySet()) {
      var platform = archive.getKey().split(" ");
      text.append(
          """
            on_%s do
              on_%s do
                url "%s"
                sha256 "%s"
              end
            end

          """
              .formatted(
                  platform[0].equals("darwin") ? "macos" : "linux",
                  platform[1].equals("arm64") ? "arm" : "intel",
                  address + archive.getValue().getFileName(),
                  Checksums.of(archive.getValue())));
    }
    return text.append(
            """
              def install
                libexec.install Dir["*"]
                bin.install_symlink libexec/"bin/credence", libexec/"bin/kubectl-credence"
              end

              test do
                assert_match version.to_s, shell_output("#{bin}/credence --version")
              end
            end
            """)
        .toString();
  }
}
