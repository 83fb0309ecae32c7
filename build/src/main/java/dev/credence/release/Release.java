// SPDX-License-Identifier: Apache-2.0
package dev.credence.release;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credence.image.Contents;
import dev.credence.image.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes a release into a folder, from the programs in `operator/target` and `hooks/target`.
///
/// What depends on the platform (the images of its architecture, the archive with its Java runtime)
/// is a *part*. Each machine builds the part of its own platform; a release takes the others from
/// folders that other machines wrote for the same version.
public final class Release {
  private static final String OPERATOR = "credence";
  private static final String HOOKS = "credence-hooks";

  private final Path top;
  private final Path folder;
  private final Path scratch;
  private final String version;

  /// `folder` is emptied. `image` is the repository where the image of the operator will be
  /// published, and with `-hooks` that of the hooks; `source` the address of the sources. Without
  /// them the files refer to the folder. `parts` are folders.
  public record Order(
      Path top,
      Path folder,
      Path helm,
      Optional<String> image,
      Optional<String> source,
      List<Path> parts) {}

  private Release(Path top, Path folder) throws IOException {
    this.top = top.toAbsolutePath().normalize();
    this.folder = folder.toAbsolutePath().normalize();
    scratch = Files.createTempDirectory("release");
    version = version(this.top);
  }

  /// Run by `tools/release` with the top of the sources, and `part` or `release`; the environment
  /// has the rest.
  public static void main(String[] words) {
    var top = Path.of(words[0]);
    var folder = Path.of(variable("RELEASE_DIR").orElseThrow());
    if (words[1].equals("part")) {
      part(top, folder);
      return;
    }
    build(
        new Order(
            top,
            folder,
            Path.of("helm"),
            variable("RELEASE_IMAGE"),
            variable("RELEASE_SOURCE"),
            variable("RELEASE_PARTS").stream()
                .flatMap(parts -> Stream.of(parts.split(":")))
                .map(Path::of)
                .toList()));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  /// Writes the part of this machine's platform: the archive, and on Linux the images.
  public static void part(Path top, Path folder) {
    try {
      empty(folder);
      var release = new Release(top, folder);
      release.part();
      delete(release.scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the whole release, and returns the digest of the image of the operator.
  public static String build(Order order) {
    try {
      empty(order.folder());
      var release = new Release(order.top(), order.folder());
      for (var parts : order.parts()) {
        release.take(parts);
      }
      if (!release.has(CommandLine.platform())) {
        release.part();
      }
      var digest = release.assemble(order);
      delete(release.scratch);
      return digest;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void part() throws IOException {
    new CommandLine(top, version).withRuntime(folder, scratch);
    if (CommandLine.platform().startsWith("linux-")) {
      Files.move(
          Image.build(top.resolve("operator/target"), scratch.resolve("image")),
          folder.resolve(image(OPERATOR, CommandLine.platform())));
      Files.move(
          Image.hooks(top.resolve("hooks/target"), scratch.resolve("hooks-image")),
          folder.resolve(image(HOOKS, CommandLine.platform())));
    }
  }

  private boolean has(String platform) {
    return Files.exists(folder.resolve("credence-%s-%s.tar.gz".formatted(version, platform)));
  }

  private void take(Path parts) throws IOException {
    try (Stream<Path> files = Files.list(parts)) {
      for (var file : files.sorted().toList()) {
        var taken = folder.resolve(file.getFileName().toString());
        if (isPart(file) && !Files.exists(taken)) {
          Files.copy(file, taken, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private boolean isPart(Path file) {
    var name = file.getFileName().toString();
    return name.startsWith("credence-" + version + "-")
            && name.matches(".*-(linux|darwin)-(amd64|arm64)[.]tar[.]gz")
        || isImage(OPERATOR, file)
        || isImage(HOOKS, file);
  }

  private boolean isImage(String of, Path file) {
    var name = file.getFileName().toString();
    return Stream.of("linux-amd64", "linux-arm64")
        .map(platform -> image(of, platform))
        .anyMatch(name::equals);
  }

  private String image(String name, String platform) {
    return "%s-%s-image-%s.tar".formatted(name, version, platform);
  }

  private String assemble(Order order) throws IOException {
    var address =
        order
            .source()
            .map(source -> source + "/releases/download/v" + version + "/")
            .orElse("file://" + folder + "/");
    var digest = archive(OPERATOR, top.resolve("operator/target"));
    archive(HOOKS, top.resolve("hooks/target"));
    new CommandLine(top, version).withoutRuntime(folder, scratch);
    charts(order, address, digest);
    JsonSchemas.write(top.resolve("crds"), folder.resolve("schemas"));
    new Examples(top).write(folder, version, scratch);
    new Packages(folder, version, address, order.source()).write();
    Checksums.write(folder);
    return digest;
  }

  /// Writes the image of a program for all architectures, its digest and its contents.
  private String archive(String name, Path target) throws IOException {
    var images = images(name);
    var start = "%s-%s".formatted(name, version);
    var digest =
        OciArchive.write(
            images,
            name,
            version,
            folder.resolve(start + "-image.tar"),
            Files.createDirectories(scratch.resolve("oci-" + name)));
    for (var image : images) {
      Files.delete(image);
    }
    Files.writeString(folder.resolve(start + "-image.digest"), digest + "\n");
    Files.writeString(
        folder.resolve(start + ".cdx.json"),
        Contents.of(target.resolve(name + ".cdx.json")) + "\n");
    return digest;
  }

  private void charts(Order order, String address, String digest) throws IOException {
    var copies = Files.createDirectories(scratch.resolve("chart"));
    var recipes =
        new Chart(
            order.helm(),
            "credence-recipes",
            version,
            order.image().map(image -> image + "-hooks"),
            order.source());
    recipes.pack(top.resolve("helm/credence-recipes"), folder, address, copies);
    var chart = new Chart(order.helm(), OPERATOR, version, order.image(), order.source());
    var packed = chart.pack(top.resolve("helm/credence"), folder, address, copies);
    chart.render(packed, digest, folder);
  }

  private List<Path> images(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      var images = files.filter(file -> isImage(name, file)).sorted().toList();
      if (images.isEmpty()) {
        throw new IllegalStateException(
            "There is no image %s. Run this on Linux, or name the folder of a part from Linux."
                .formatted(name));
      }
      return images;
    }
  }

  /// Of the program that was built.
  private static String version(Path top) throws IOException {
    return new ObjectMapper()
        .readTree(top.resolve("operator/target/credence.cdx.json").toFile())
        .at("/metadata/component/version")
        .asText();
  }

  private static void delete(Path folder) throws IOException {
    empty(folder);
    Files.delete(folder);
  }

  private static void empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    var all = new ArrayList<Path>();
    try (Stream<Path> files = Files.walk(folder)) {
      files.filter(file -> !file.equals(folder)).forEach(all::add);
    }
    for (var file : all.reversed()) {
      Files.delete(file);
    }
  }
}
