// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The packages of the operator, from the lowest to the highest. A package imports only packages
/// above it in this list, so there is no circle.
record Rooms(SortedMap<String, Integer> files, SortedMap<String, SortedSet<String>> uses) {
  /// Files that a room has at most, `package-info.java` among them.
  static final int MOST = 25;

  static final Path PLAN = Path.of("../docs/development/architecture.md");
  static final Path PICTURE = Path.of("../docs/development/architecture.svg");

  private static final String BASE = "dev.credence";
  private static final Path SOURCES = Path.of("src/main/java");

  private static final List<List<String>> LAYERS =
      List.of(
          List.of("api"),
          List.of(
              "facts.text",
              "facts.object",
              "facts.time",
              "facts.credential",
              "facts.usage",
              "facts.rbac",
              "facts.evidence",
              "facts.policy",
              "facts.identity",
              "facts.discovery",
              "facts"),
          List.of("plan", "raw", "generate", "settings"),
          List.of(
              "decide.evidence",
              "decide.membership",
              "decide.risk",
              "decide.policy",
              "decide.lifecycle",
              "decide.hook",
              "decide.rotation",
              "decide.probe",
              "decide.certificate",
              "decide.conditions",
              "decide.discovery",
              "decide",
              "report"),
          List.of("metrics"),
          List.of("client"),
          List.of(
              "observe.cache",
              "observe.port",
              "observe.certmanager",
              "observe.usage",
              "observe.rbac",
              "observe.audit",
              "observe.suspension",
              "observe.read",
              "observe.wake",
              "observe.discovery",
              "observe"),
          List.of("act.request", "act.secret", "act"),
          List.of("controller.status", "controller"),
          List.of(
              "app",
              "cli",
              "cli.receive",
              "cli.audit",
              "cli.migrate",
              "cli.recipe",
              "cli.request",
              "cli.show",
              "cli.notify"),
          List.of(""));

  private static final List<String> ORDER = LAYERS.stream().flatMap(List::stream).toList();

  static Rooms of(JavaClasses classes) {
    var files = new TreeMap<String, Integer>();
    var uses = new TreeMap<String, SortedSet<String>>();
    for (var one : classes) {
      var room = room(one);
      var used = uses.computeIfAbsent(room, _ -> new TreeSet<>());
      one.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().startsWith(BASE))
          .map(Rooms::room)
          .filter(target -> !target.equals(room))
          .forEach(used::add);
    }
    uses.keySet().forEach(room -> files.put(room, files(room)));
    return new Rooms(files, uses);
  }

  private static String room(JavaClass one) {
    var name = one.getPackageName();
    return name.equals(BASE) ? "" : name.substring(BASE.length() + 1);
  }

  private static int files(String room) {
    try (var sources = Files.list(folder(room))) {
      return (int) sources.filter(file -> file.toString().endsWith(".java")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(String room) {
    return SOURCES.resolve((BASE + (room.isEmpty() ? "" : "." + room)).replace('.', '/'));
  }

  /// Rooms that are not in the list, and imports of a room that is not above.
  List<String> wrong() {
    var found = new ArrayList<String>();
    uses.forEach(
        (room, used) -> {
          if (!ORDER.contains(room)) {
            found.add(name(room) + " is not in the list of packages");
          }
          used.stream()
              .filter(other -> ORDER.indexOf(other) >= ORDER.indexOf(room))
              .forEach(other -> found.add(name(room) + " imports " + name(other)));
        });
    return found;
  }

  private static String name(String room) {
    return room.isEmpty() ? BASE : room.replace('.', '/');
  }

  String markdown() {
    var text = new StringBuilder();
    text.append(
        """
        # Architecture

        <!-- Generated from the code by `make golden`. -->

        One reconcile:

        ```
        API server ─► observe ─► facts.Snapshot ─► decide.Decide ─► plan.Decision ─► act ─► API server
           (watches)   (reads)     (what is known)    (pure)           (actions,        (one request
                                                                       conditions)       for each action)
                                                                          │
                                                                          └─► controller/status ─► status
        ```

        `controller` runs this for each MachineIdentity. `cli` runs the same decision for `explain`, and `report` prints it.

        | module | contains |
        |---|---|
        | `operator` | the operator and the command line, in the packages below |
        | `hooks` | the program of the image `credence-hooks`, which runs one step of a hook against a database, a directory or a server. It imports nothing of the operator. A system is a `Driver`; the tables of [Hook image](../hooks-image.md) and the recipes (`helm/credence-recipes`, `credence recipe`) are generated from it |
        | `build` | generates CRDs and references, and builds images and releases |
        | `system-tests`, `bench` | [tests on clusters](tests.md), and measurements |

        ![The packages of the operator](architecture.svg)

        The packages are below `operator/src/main/java/dev/credence`. A package imports only packages that stand above it in this table; `ArchitectureTest` checks it. To find a rule, read down the column "contains".

        | package | contains | imports |
        |---|---|---|
        """);
    ORDER.stream()
        .filter(uses::containsKey)
        .forEach(
            room ->
                text.append("| `")
                    .append(room.isEmpty() ? "." : name(room))
                    .append("` | ")
                    .append(contains(room))
                    .append(" | ")
                    .append(
                        uses.get(room).stream()
                            .map(Rooms::top)
                            .filter(top -> !top.equals(top(room)))
                            .distinct()
                            .sorted()
                            .map(top -> "`" + top + "`")
                            .collect(Collectors.joining(" ")))
                    .append(" |\n"));
    return text.toString();
  }

  /// The first sentence of its package-info.
  private static String contains(String room) {
    try {
      var lines =
          Files.readAllLines(folder(room).resolve("package-info.java")).stream()
              .filter(line -> line.startsWith("///"))
              .map(line -> line.substring(3).strip())
              .collect(Collectors.joining(" "));
      return lines
          .replaceAll("\\[(?:dev\\.credence\\.)?([\\w.]+)]", "`$1`")
          .replaceAll("(?<=[a-z])\\. .*|\\.$", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String top(String room) {
    return room.isEmpty() ? "." : room.split("\\.")[0];
  }

  private static final int WIDTH = 880;
  private static final int ROW = 84;
  private static final int BOX = 130;
  private static final int HEIGHT = 40;

  /// A row for each layer, the highest first; a line for each import that no other implies.
  String picture() {
    var rows =
        LAYERS.reversed().stream()
            .map(layer -> layer.stream().map(Rooms::top).distinct().toList())
            .toList();
    var places = new LinkedHashMap<String, int[]>();
    for (var row = 0; row < rows.size(); row++) {
      var boxes = rows.get(row);
      for (var at = 0; at < boxes.size(); at++) {
        places.putIfAbsent(
            boxes.get(at),
            new int[] {WIDTH * (2 * at + 1) / (2 * boxes.size()), row * ROW + HEIGHT});
      }
    }
    var arrows = arrows();
    var svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
        <defs><marker id="end" markerWidth="8" markerHeight="8" refX="7" refY="3" orient="auto"><path d="M0,0 L7,3 L0,6 z" fill="#667"/></marker></defs>
        <rect width="100%%" height="100%%" fill="#fff"/>
        """
            .formatted(WIDTH, rows.size() * ROW));
    arrows.forEach(
        (from, used) ->
            used.forEach(
                to -> {
                  var a = places.get(from);
                  var b = places.get(to);
                  svg.append(
                      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#99a\" marker-end=\"url(#end)\"/>%n"
                          .formatted(a[0], a[1] + HEIGHT / 2, b[0], b[1] - HEIGHT / 2));
                }));
    places.forEach(
        (box, at) ->
            svg.append(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#eef2fb\" stroke=\"#446\"/><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n"
                    .formatted(
                        at[0] - BOX / 2,
                        at[1] - HEIGHT / 2,
                        BOX,
                        HEIGHT,
                        at[0],
                        at[1] + 5,
                        box.equals(".") ? "Main" : box)));
    return svg.append("</svg>\n").toString();
  }

  private Map<String, SortedSet<String>> arrows() {
    var all = new TreeMap<String, SortedSet<String>>();
    uses.forEach(
        (room, used) ->
            used.stream()
                .map(Rooms::top)
                .filter(other -> !other.equals(top(room)))
                .forEach(other -> all.computeIfAbsent(top(room), _ -> new TreeSet<>()).add(other)));
    var shown = new TreeMap<String, SortedSet<String>>();
    all.forEach(
        (from, used) -> {
          var implied =
              used.stream().flatMap(other -> reached(all, other)).collect(Collectors.toSet());
          shown.put(
              from,
              used.stream()
                  .filter(other -> !implied.contains(other))
                  .collect(Collectors.toCollection(TreeSet::new)));
        });
    return shown;
  }

  private static Stream<String> reached(Map<String, SortedSet<String>> all, String from) {
    return all.getOrDefault(from, new TreeSet<>()).stream()
        .flatMap(other -> Stream.concat(Stream.of(other), reached(all, other)));
  }
}
