// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// An image, of the operator or of the drivers of hooks, as one tar that `docker load`,
/// `podman load` and `ctr image import` read:
///
/// | layer | what is in it | changes with |
/// |---|---|---|
/// | 1 | the C library that the runtime is linked to | the machine that builds |
/// | 2 | a Java runtime of the modules in use | the JDK |
/// | 3 | the libraries | the versions in pom.xml |
/// | 4 | the program, its user, the list of what is in the image | the sources |
/// | 5 | classes as the JVM finds them (JEP 483), learnt from a run (operator only) | a build |
///
/// The first four are the same, byte for byte, whenever the same sources meet the same JDK and C
/// library. There is no shell and no package manager, and nothing runs as root.
public final class Image {
  /// Of every file. The JVM refuses classes that it learnt from a jar of another time.
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1));

  private static final int USER = 65532;

  /// Where things are in the image.
  private static final String JAVA = "/opt/java";

  /// The modules that the program and its libraries require (`jdeps`), without `java.desktop`,
  /// which optional parts of Jackson and SnakeYAML require.
  static final String MODULES =
      "java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,"
          + "jdk.httpserver,jdk.management,jdk.unsupported";

  /// The JVM's flags. A pod that sets the variable itself, as the chart does, has its own.
  public static final String FLAGS =
      "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders"
          + " -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
          + " -Xms16m -Xmx192m -XX:MaxNewSize=20m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40"
          + " -Xss512k -XX:+ExitOnOutOfMemoryError -XX:-HeapDumpOnOutOfMemoryError"
          + " -XX:+DisableAttachMechanism --enable-native-access=ALL-UNNAMED";

  static final List<String> ENTRYPOINT = command(Application.OPERATOR);

  private final Application application;
  private final Path target;
  private final Path root;

  /// Jib tells layers apart by the paths and dates of their files, the same in each build: kept
  /// for the next one, they would be taken for its own.
  private final Path layers;

  private Image(Application application, Path target, Path folder) {
    this.application = application;
    this.target = target;
    root = folder.resolve("root");
    layers = folder.resolve("layers");
  }

  /// Writes the images of what was packaged into `operator/target` and, with a second argument,
  /// into `hooks/target`. Prints where they are.
  public static void main(String[] words) {
    print(build(Path.of(words[0]), Path.of(words[0], "image")));
    if (words.length > 1) {
      print(hooks(Path.of(words[1]), Path.of(words[1], "image")));
    }
  }

  private static void print(Path tar) {
    try {
      System.out.printf("%s (%d MB)%n", tar, Files.size(tar) / 1_000_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The tar, in `folder`, of the jar and the libraries in `target`.
  public static Path build(Path target, Path folder) {
    return build(Application.OPERATOR, target, folder);
  }

  /// The tar, in `folder`, of the drivers of hooks in `target`.
  public static Path hooks(Path target, Path folder) {
    return build(Application.HOOKS, target, folder);
  }

  static Path build(Application application, Path target, Path folder) {
    var image = new Image(application, target.toAbsolutePath(), folder.toAbsolutePath());
    try {
      delete(folder);
      Files.createDirectories(image.root);
      image.layOut();
      if (application.isLearnt()) {
        Rehearsal.of(image.root, image.root.resolve(application.learnt().substring(1)));
      }
      image.date();
      var tar = image.pack(folder.resolve(application.name() + ".tar"));
      delete(image.root);
      delete(image.layers);
      return tar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void layOut() throws IOException {
    runtime(root.resolve(JAVA.substring(1)), application.modules());
    for (var file : libraryOfC()) {
      copy(file, root.resolve(file.toString().substring(1)));
    }
    for (var jar : list(target.resolve("lib"))) {
      copy(jar, root.resolve("app/lib").resolve(jar.getFileName()));
    }
    copy(target.resolve(application.name() + ".jar"), root.resolve(application.jar().substring(1)));
    write("etc/passwd", "credence:x:%1$d:%1$d:credence:/:/nowhere%n".formatted(USER));
    write("etc/group", "credence:x:%d:%n".formatted(USER));
    // Names are asked of the files first and of DNS then; without it, in an order of the library's
    // own.
    write("etc/nsswitch.conf", "hosts: files dns\n");
    write(
        "usr/share/sbom/" + application.name() + ".cdx.json",
        Contents.of(target.resolve(application.name() + ".cdx.json")));
    date();
  }

  /// Writes a Java runtime for this platform, with the modules of the program, into a new folder.
  public static void runtime(Path folder) {
    runtime(folder, MODULES);
  }

  private static void runtime(Path folder, String modules) {
    var stated =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IllegalStateException("this JDK has no jlink"))
            .run(
                System.out,
                System.err,
                "--add-modules",
                modules,
                "--no-header-files",
                "--no-man-pages",
                "--output",
                folder.toString());
    if (stated != 0) {
      throw new IllegalStateException("jlink ended with " + stated);
    }
  }

  /// The libraries outside of the runtime that its programs and libraries are linked to, with the
  /// loader, at the paths where that loader searches.
  private Set<Path> libraryOfC() throws IOException {
    var arrow = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    var files = new TreeSet<Path>();
    for (var binary : walk(root.resolve(JAVA.substring(1)), Image::isBinary)) {
      for (var line : Words.of("ldd", binary.toString()).lines().toList()) {
        var match = arrow.matcher(line);
        if (match.find() && !match.group(1).startsWith(root.toString())) {
          files.add(Path.of(match.group(1)));
        }
      }
    }
    return files;
  }

  private static boolean isBinary(Path file) {
    var name = file.getFileName().toString();
    return name.endsWith(".so") || file.getParent().endsWith("bin");
  }

  private Path pack(Path tar) {
    try {
      Jib.fromScratch()
          .setFormat(ImageFormat.Docker)
          .setPlatforms(Set.of(new Platform(architecture(), "linux")))
          .setCreationTime(Instant.EPOCH)
          .setUser(USER + ":" + USER)
          .setWorkingDirectory(AbsoluteUnixPath.get("/"))
          .setEntrypoint(command(application))
          .setProgramArguments(List.of("--help"))
          .setEnvironment(application.environment())
          .setLabels(
              Map.of(
                  "org.opencontainers.image.title", application.title(),
                  "org.opencontainers.image.version", version(),
                  "org.opencontainers.image.licenses", "Apache-2.0"))
          .addFileEntriesLayer(layer("c-library", file -> !file.startsWith("opt") && !ours(file)))
          .addFileEntriesLayer(layer("runtime", file -> file.startsWith("opt")))
          .addFileEntriesLayer(layer("libraries", file -> file.startsWith("app/lib")))
          .addFileEntriesLayer(
              layer(
                  "operator",
                  file -> ours(file) && !file.startsWith("app/lib") && !file.endsWith(updated())))
          .addFileEntriesLayer(layer("learnt", file -> file.endsWith(updated())))
          .containerize(
              Containerizer.to(TarImage.at(tar).named(application.name() + ":" + version()))
                  .setOfflineMode(true)
                  .setToolName("credence")
                  .setApplicationLayersCache(layers)
                  .setBaseImageLayersCache(layers));
      return tar;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while packing", e);
    } catch (Exception e) {
      throw new IllegalStateException("packing " + tar, e);
    }
  }

  private static boolean ours(Path file) {
    return file.startsWith("app") || file.startsWith("etc") || file.startsWith("usr/share");
  }

  private Path updated() {
    return Path.of(application.learnt()).getFileName();
  }

  private static List<String> command(Application application) {
    var words = new ArrayList<String>();
    words.add(JAVA + "/bin/java");
    words.addAll(application.flags());
    if (application.isLearnt()) {
      words.add("-XX:AOTCache=" + application.learnt());
    }
    words.addAll(List.of("-jar", application.jar()));
    return List.copyOf(words);
  }

  /// The files of the image that `of` picks, by their paths from its root.
  private FileEntriesLayer layer(String name, Predicate<Path> of) throws IOException {
    var layer = FileEntriesLayer.builder().setName(name);
    for (var file : walk(root, path -> of.test(root.relativize(path)))) {
      layer.addEntry(
          file,
          AbsoluteUnixPath.get("/" + root.relativize(file)),
          Files.isExecutable(file)
              ? FilePermissions.fromOctalString("755")
              : FilePermissions.fromOctalString("644"),
          TIME.toInstant());
    }
    return layer.build();
  }

  /// Of the program, which is the tag of the image.
  private String version() throws IOException {
    return new ObjectMapper()
        .readTree(target.resolve(application.name() + ".cdx.json").toFile())
        .at("/metadata/component/version")
        .asText();
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "aarch64" -> "arm64";
      case "amd64" -> "amd64";
      default -> throw new IllegalStateException("images are for amd64 and arm64");
    };
  }

  private void date() throws IOException {
    for (var file : walk(root, path -> true)) {
      Files.setLastModifiedTime(file, TIME);
    }
  }

  private void write(String path, String text) throws IOException {
    var file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /// Plain files, in the order of their names.
  private static List<Path> walk(Path folder, Predicate<Path> of) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(of)
          .sorted()
          .toList();
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    var all = new ArrayList<Path>();
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(all::add);
    }
    for (var file : all.reversed()) {
      Files.delete(file);
    }
  }
}
