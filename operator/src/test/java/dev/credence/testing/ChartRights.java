// SPDX-License-Identifier: Apache-2.0
package dev.credence.testing;

import dev.credence.facts.policy.Tier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the chart lets an operator of a tier do: the rules of its templates, read without Helm.
/// Tests hold every request of the operator against them, so that no verb is used that a cluster
/// refuses. `ChartIT` shows that Helm renders the same.
public final class ChartRights {
  private static final Path TEMPLATES =
      Path.of(System.getProperty("user.dir")).getParent().resolve("helm/credence/templates");
  private static final Pattern DIRECTIVE =
      Pattern.compile("\\{\\{-? *(if|else if|else|end|define|range|with)\\b([^}]*)-?\\}\\}");
  private static final Pattern LIST =
      Pattern.compile("(?:- )?(apiGroups|resources|resourceNames|verbs): \\[(.*)\\]");

  private final List<Rule> rules;

  private record Rule(
      List<String> groups, List<String> resources, List<String> names, List<String> verbs) {
    boolean allows(Request request) {
      return groups.contains(request.group())
          && resources.contains(request.resource())
          && verbs.contains(request.verb())
          && (names.isEmpty() || names.contains(request.name()));
    }
  }

  /// `resource` is `secrets`, or `serviceaccounts/token`; `name` may be empty.
  public record Request(String verb, String group, String resource, String name) {
    @Override
    public String toString() {
      return verb + " " + (group.isEmpty() ? "" : group + "/") + resource;
    }
  }

  private ChartRights(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /// With everything that can be switched on.
  public static ChartRights of(Tier tier) {
    return new ChartRights(
        Stream.of("rbac.yaml", "rbac-discovery.yaml", "rbac-reports.yaml")
            .flatMap(file -> rules(file, tier))
            .toList());
  }

  public boolean allows(Request request) {
    return rules.stream().anyMatch(rule -> rule.allows(request));
  }

  /// Those that the chart does not grant, each once.
  public Set<String> missing(Stream<Request> requests) {
    return requests
        .filter(request -> !allows(request))
        .map(Request::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Rule> rules(String file, Tier tier) {
    var rules = new ArrayList<Rule>();
    var current = new ArrayList<List<String>>();
    for (var line : rendered(file, tier)) {
      var list = LIST.matcher(line.strip());
      if (!list.matches()) {
        continue;
      }
      var values = Arrays.stream(list.group(2).split(",")).map(ChartRights::word).toList();
      switch (list.group(1)) {
        case "apiGroups" -> {
          current.clear();
          current.add(values);
        }
        case "resources" -> current.add(values);
        case "resourceNames" -> current.add(values);
        default ->
            rules.add(
                new Rule(
                    current.get(0),
                    current.get(1),
                    current.size() > 2 ? current.get(2) : List.of(),
                    values));
      }
    }
    return rules.stream();
  }

  private static String word(String text) {
    return text.strip().replace("\"", "");
  }

  /// The lines that are there for this tier. A condition that is about something else holds.
  private static List<String> rendered(String file, Tier tier) {
    var lines = new ArrayList<String>();
    Deque<Branch> open = new ArrayDeque<>();
    for (var line : read(file)) {
      var directive = DIRECTIVE.matcher(line);
      if (!directive.find()) {
        if (open.stream().allMatch(Branch::isTaken)) {
          lines.add(line);
        }
        continue;
      }
      switch (directive.group(1)) {
        case "end" -> open.pop();
        case "else", "else if" -> {
          var before = open.pop();
          open.push(
              new Branch(!before.wasTaken() && holds(directive.group(2), tier), before.wasTaken()));
        }
        default -> open.push(new Branch(holds(directive.group(2), tier), false));
      }
    }
    return lines;
  }

  /// One branch of a condition; `before`: an earlier one was taken.
  private record Branch(boolean isTaken, boolean before) {
    boolean wasTaken() {
      return isTaken || before;
    }
  }

  private static boolean holds(String condition, Tier tier) {
    if (condition.contains("$rotates")) {
      return tier != Tier.Observe;
    }
    if (condition.contains("$enforces") || condition.contains("\"Enforce\"")) {
      return tier == Tier.Enforce;
    }
    return true;
  }

  private static List<String> read(String file) {
    try {
      return Files.readAllLines(TEMPLATES.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A request by its method, path and field selector; empty for what every account may ask, such
  /// as the version.
  public static Stream<Request> request(
      String method, String path, boolean isWatch, String fieldSelector) {
    var parts = List.of(path.substring(1).split("/"));
    var isCore = parts.getFirst().equals("api");
    var from = isCore ? 2 : 3;
    if (!isCore && !parts.getFirst().equals("apis") || parts.size() <= from) {
      return Stream.of();
    }
    var group = isCore ? "" : parts.get(1);
    var rest = parts.subList(from, parts.size());
    if (rest.getFirst().equals("namespaces") && rest.size() > 2) {
      rest = rest.subList(2, rest.size());
    }
    var resource = rest.size() > 2 ? rest.get(0) + "/" + rest.get(2) : rest.getFirst();
    var name =
        rest.size() > 1
            ? rest.get(1)
            : fieldSelector.startsWith("metadata.name=")
                ? fieldSelector.substring("metadata.name=".length())
                : "";
    return Stream.of(new Request(verb(method, rest.size() > 1, isWatch), group, resource, name));
  }

  private static String verb(String method, boolean isOne, boolean isWatch) {
    return switch (method) {
      case "GET" -> isWatch ? "watch" : isOne ? "get" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> isOne ? "delete" : "deletecollection";
      default -> method;
    };
  }
}
