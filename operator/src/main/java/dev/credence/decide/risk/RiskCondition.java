// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.risk;

import dev.credence.facts.object.ServerVersion;
import dev.credence.facts.rbac.Grant;
import dev.credence.facts.rbac.PolicyRule;
import dev.credence.facts.rbac.Who;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A condition on rights, in the few words that the table of [RiskRules] is written in.
sealed interface RiskCondition {

  Optional<Match> in(SubjectScope place);

  /// In words, for the reference.
  String text();

  /// Whether nothing that a RoleBinding gives makes it hold.
  default boolean isGlobal() {
    return switch (this) {
      case Leaf leaf -> leaf.global();
      case Bound _ -> false;
      case Both(var one, var other) -> one.isGlobal() || other.isGlobal();
      case Together(var one, _) -> one.isGlobal();
      case Before(_, var one) -> one.isGlobal();
      case Since(_, var one) -> one.isGlobal();
      case Either(var one, var other) -> one.isGlobal() && other.isGlobal();
      case Without(var one, _) -> one.isGlobal();
    };
  }

  /// The simple conditions that it is made of and that rules of roles meet by themselves.
  default Stream<Leaf> leaves() {
    return switch (this) {
      case Leaf leaf -> Stream.of(leaf);
      case Bound _ -> Stream.of();
      case Both(var one, var other) -> Stream.concat(one.leaves(), other.leaves());
      case Together(var one, var other) -> Stream.concat(one.leaves(), other.leaves());
      case Before(_, var one) -> one.leaves();
      case Since(_, var one) -> one.leaves();
      case Either(var one, var other) -> Stream.concat(one.leaves(), other.leaves());
      case Without(var one, var other) -> Stream.concat(one.leaves(), other.leaves());
    };
  }

  /// A condition that one rule of a role can meet. `global`: the API server asks for this right in
  /// no namespace, so that a RoleBinding cannot give it.
  sealed interface Leaf extends RiskCondition {

    boolean global();

    /// Whether one of these rules meets it, with nothing said about what grants them.
    Optional<Match> of(List<PolicyRule> rules);

    @Override
    default Optional<Match> in(SubjectScope place) {
      var found = new ArrayList<Match>();
      for (var held : place.held()) {
        if (!global() || held.grant().isEverywhere()) {
          held.powers()
              .match(this)
              .flatMap(match -> beyondItself(place.who(), held.grant(), match))
              .map(match -> match.by(held.grant().via()))
              .ifPresent(found::add);
        }
      }
      return found.stream().reduce(Match::or);
    }

    /// The rest of a match without the right to do this to the account itself.
    default Optional<Match> beyondItself(Who who, Grant grant, Match match) {
      return Optional.of(match);
    }
  }

  /// `secrets`, or `apps/deployments`: a resource of a group, with its subresource. The table says
  /// the group of none but the core.
  record Resource(String group, String name) {
    String text() {
      return group.isEmpty() ? name : group + "/" + name;
    }

    boolean isSubresource() {
      return name.contains("/");
    }
  }

  /// The account may use one of these verbs on one of these resources. `called`: an object of one
  /// of these names, in case there are any. `others`: what the account may do to itself does not
  /// count. `kinds`: what stands for the resources in the text, where they are a table of their
  /// own.
  record Can(
      List<String> verbs,
      List<Resource> resources,
      List<String> called,
      boolean global,
      boolean others,
      Optional<String> kinds)
      implements Leaf {

    /// On resources of the core.
    Can on(String... names) {
      return of("", names);
    }

    /// On resources of this group.
    Can of(String group, String... names) {
      var all =
          Stream.concat(
                  resources.stream(), Arrays.stream(names).map(name -> new Resource(group, name)))
              .toList();
      return new Can(verbs, all, called, global, others, kinds);
    }

    /// On every resource of a table that `title` names.
    Can of(String title, List<OtherKinds.Kind> table) {
      var all =
          table.stream()
              .flatMap(
                  kind -> kind.resources().stream().map(name -> new Resource(kind.group(), name)))
              .toList();
      return new Can(verbs, all, called, global, others, Optional.of(title));
    }

    Can called(String... names) {
      return new Can(verbs, resources, List.of(names), global, others, kinds);
    }

    /// The same without the objects that stand for the account itself.
    Can toOthers() {
      return new Can(verbs, resources, called, global, true, kinds);
    }

    @Override
    public Optional<Match> of(List<PolicyRule> rules) {
      return of(rules, _ -> Set.of());
    }

    @Override
    public Optional<Match> beyondItself(Who who, Grant grant, Match match) {
      return others && match.named()
          ? of(grant.rules().orElse(List.of()), resource -> Itself.in(who, grant, resource))
          : Optional.of(match);
    }

    private Optional<Match> of(List<PolicyRule> rules, Function<Resource, Set<String>> itself) {
      return rules.stream().flatMap(rule -> matches(rule, itself)).reduce(Match::or);
    }

    private Stream<Match> matches(PolicyRule rule, Function<Resource, Set<String>> itself) {
      return resources.stream()
          .filter(resource -> rule.covers(resource.group(), resource.name()))
          .filter(resource -> !rule.isNamed() || !itself.apply(resource).containsAll(rule.names()))
          .flatMap(
              resource ->
                  verbs.stream()
                      .filter(rule::allowsVerb)
                      .flatMap(verb -> match(rule, verb, resource)));
    }

    private Stream<Match> match(PolicyRule rule, String verb, Resource resource) {
      var right = verb + " " + resource.text();
      if (!rule.isNamed() || called.stream().anyMatch(rule.names()::contains)) {
        return Stream.of(Match.of(false, right));
      }
      return called.isEmpty() && mayBeNamed(verb, resource)
          ? Stream.of(Match.of(true, right))
          : Stream.of();
    }

    /// A request to create an object, or to delete many, names none: a rule with names lets no such
    /// request through.
    private static boolean mayBeNamed(String verb, Resource resource) {
      return switch (verb) {
        case "create" -> resource.isSubresource();
        case "deletecollection" -> false;
        default -> true;
      };
    }

    @Override
    public String text() {
      return String.join(", ", verbs)
          + " on "
          + kinds.orElseGet(
              () -> resources.stream().map(Resource::text).collect(Collectors.joining(", ")))
          + (others ? " other than its own" : "")
          + (called.isEmpty() ? "" : " called " + String.join(" or ", called));
    }
  }

  /// A rule of a role is written in this way.
  record Written(String text, Predicate<PolicyRule> how, boolean global) implements Leaf {
    @Override
    public Optional<Match> of(List<PolicyRule> rules) {
      return rules.stream()
          .filter(how)
          .map(rule -> Match.of(rule.isNamed(), right(rule)))
          .reduce(Match::or);
    }

    private static String right(PolicyRule rule) {
      return sorted(rule.verbs()) + " " + sorted(rule.resources());
    }

    private static String sorted(Set<String> words) {
      return words.stream().sorted().collect(Collectors.joining(","));
    }
  }

  /// It is bound in this way.
  record Bound(String text, BiPredicate<Who, Grant> how) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return place.held().stream()
          .map(SubjectScope.Held::grant)
          .filter(grant -> how.test(place.who(), grant))
          .map(grant -> Match.by(grant))
          .reduce(Match::or);
    }
  }

  record Both(RiskCondition one, RiskCondition other) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return one.in(place).flatMap(first -> other.in(place).map(first::and));
    }

    @Override
    public String text() {
      return part(one) + " and " + part(other);
    }
  }

  /// The first, which opens nothing without the other. What the first is limited to counts; the
  /// other only has to be there.
  record Together(RiskCondition one, RiskCondition other) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return one.in(place).flatMap(first -> other.in(place).map(first::with));
    }

    @Override
    public String text() {
      return part(one) + " together with " + part(other);
    }
  }

  /// Only on an API server older than this. An unknown version counts as older.
  record Before(ServerVersion version, RiskCondition one) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return place.server().filter(server -> !server.isBefore(version)).isPresent()
          ? Optional.empty()
          : one.in(place);
    }

    @Override
    public String text() {
      return one.text() + " (before Kubernetes " + version + ")";
    }
  }

  /// Only on an API server of this version or later. An unknown version counts as later.
  record Since(ServerVersion version, RiskCondition one) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return place.server().filter(server -> server.isBefore(version)).isPresent()
          ? Optional.empty()
          : one.in(place);
    }

    @Override
    public String text() {
      return one.text() + " (from Kubernetes " + version + " on)";
    }
  }

  record Either(RiskCondition one, RiskCondition other) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      var first = one.in(place);
      var second = other.in(place);
      return first.isPresent() && second.isPresent()
          ? Optional.of(first.get().or(second.get()))
          : first.or(() -> second);
    }

    @Override
    public String text() {
      return one.text() + "; or " + other.text();
    }
  }

  record Without(RiskCondition one, RiskCondition other) implements RiskCondition {
    @Override
    public Optional<Match> in(SubjectScope place) {
      return other.in(place).isPresent() ? Optional.empty() : one.in(place);
    }

    @Override
    public String text() {
      return part(one) + " without " + part(other);
    }
  }

  default RiskCondition and(RiskCondition other) {
    return new Both(this, other);
  }

  default RiskCondition or(RiskCondition other) {
    return new Either(this, other);
  }

  default RiskCondition together(RiskCondition other) {
    return new Together(this, other);
  }

  default RiskCondition before(int major, int minor) {
    return new Before(new ServerVersion(major, minor), this);
  }

  default RiskCondition since(int major, int minor) {
    return new Since(new ServerVersion(major, minor), this);
  }

  default RiskCondition without(RiskCondition other) {
    return new Without(this, other);
  }

  private static String part(RiskCondition condition) {
    return condition instanceof Either ? "(" + condition.text() + ")" : condition.text();
  }

  static Can can(String... verbs) {
    return new Can(List.of(verbs), List.of(), List.of(), false, false, Optional.empty());
  }

  /// The same where only a ClusterRoleBinding can give the right.
  static Can canEverywhere(String... verbs) {
    return new Can(List.of(verbs), List.of(), List.of(), true, false, Optional.empty());
  }
}
