// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credence.api.CredentialPolicy;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.LiveSnapshot.Fleet;
import dev.credence.decide.Decide;
import dev.credence.decide.PolicyImpact;
import dev.credence.decide.policy.MatchingPolicies;
import dev.credence.facts.policy.Policy;
import dev.credence.facts.policy.Tier;
import dev.credence.observe.read.PolicyReader;
import dev.credence.plan.IdentityStatus.Violation;
import dev.credence.raw.FaultBarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What the policies of a file would change for the identities of the cluster. `identities`: how
/// many were evaluated; `gaps`: sentences about those that could not be.
record PlannedChanges(
    List<Planned> policies, int identities, List<Affected> affected, List<String> gaps) {

  private static final ObjectMapper JSON = new ObjectMapper();

  enum Change {
    New,
    Changed,
    Unchanged
  }

  /// `problems`: what in the policy cannot be applied.
  record Planned(Policy policy, Change change, List<String> problems) {}

  record Affected(String namespace, String name, PolicyImpact impact) {}

  static PlannedChanges of(Fleet fleet, List<CredentialPolicy> written, Tier tier) {
    var now = fleet.policies();
    var planned = written.stream().map(PolicyReader::of).toList();
    var then = PolicyImpact.merged(now, planned);
    var affected = new ArrayList<Affected>();
    var gaps = new ArrayList<String>();
    for (var identity : fleet.identities()) {
      try {
        var before = Decide.next(fleet.of(identity), tier);
        var after = Decide.next(fleet.under(then, identity), tier);
        var impact = PolicyImpact.between(before, after);
        if (!impact.isNone()) {
          affected.add(affected(identity, impact));
        }
      } catch (RuntimeException fault) {
        gaps.add(name(identity) + " could not be evaluated: " + FaultBarrier.line(fault));
      }
    }
    return new PlannedChanges(
        planned.stream()
            .map(
                policy ->
                    new Planned(policy, change(now, policy), MatchingPolicies.problems(policy)))
            .toList(),
        fleet.identities().size(),
        affected,
        gaps);
  }

  private static Affected affected(MachineIdentity identity, PolicyImpact impact) {
    return new Affected(
        identity.getMetadata().getNamespace(), identity.getMetadata().getName(), impact);
  }

  private static String name(MachineIdentity identity) {
    return "MachineIdentity "
        + identity.getMetadata().getNamespace()
        + "/"
        + identity.getMetadata().getName();
  }

  /// The generation is the API server's.
  private static Change change(List<Policy> now, Policy policy) {
    return now.stream()
        .filter(known -> known.name().equals(policy.name()))
        .findFirst()
        .map(
            known ->
                known.with(policy.generation()).equals(policy) ? Change.Unchanged : Change.Changed)
        .orElse(Change.New);
  }

  private int count(Predicate<PolicyImpact> which) {
    return (int) affected.stream().map(Affected::impact).filter(which).count();
  }

  private int rotations() {
    return affected.stream().mapToInt(one -> one.impact().rotated().size()).sum();
  }

  String text() {
    var lines = new ArrayList<String>();
    for (var planned : policies) {
      lines.add(
          "CredentialPolicy "
              + planned.policy().name()
              + " ("
              + planned.policy().enforcement()
              + "): "
              + planned.change());
      planned.problems().forEach(problem -> lines.add("  Not applied: " + problem));
    }
    lines.add("");
    lines.add(
        "%d of %d identities affected: %d credentials rotated, %d identities suspended, %d no longer Ready, %d Ready again, %d with new violations"
            .formatted(
                affected.size(),
                identities,
                rotations(),
                count(impact -> impact.suspended().isPresent()),
                count(impact -> impact.notReady().isPresent()),
                count(PolicyImpact::ready),
                count(impact -> !impact.violations().isEmpty())));
    for (var one : affected) {
      lines.add("");
      lines.add("MachineIdentity " + one.namespace() + "/" + one.name());
      lines(one.impact()).forEach(line -> lines.add("  " + line));
    }
    return String.join("\n", lines) + "\n";
  }

  private static Stream<String> lines(PolicyImpact impact) {
    return Stream.of(
            impact.rotated().stream().map(secret -> "Rotated: " + secret),
            impact.suspended().stream().map(why -> "Suspension: " + why),
            impact
                .budget()
                .map(
                    budget ->
                        "  At most %d an hour, counted for policy %s."
                            .formatted(budget.most(), budget.policy()))
                .stream(),
            impact.notReady().stream().map(why -> "No longer Ready: " + why),
            impact.ready() ? Stream.of("Ready again") : Stream.<String>of(),
            impact.violations().stream().map(violation -> "Violates: " + words(violation)),
            impact.actions().stream().map(action -> "Would do now: " + action))
        .flatMap(lines -> lines);
  }

  private static String words(Violation violation) {
    return violation.reason()
        + " ("
        + violation.enforcement()
        + violation.policy().map(name -> ", policy " + name).orElse("")
        + ")";
  }

  String json() {
    var root = JSON.createObjectNode();
    var written = root.putArray("policies");
    for (var planned : policies) {
      var node = written.addObject();
      node.put("name", planned.policy().name());
      node.put("enforcement", planned.policy().enforcement().name());
      node.put("change", planned.change().name());
      texts(node, "problems", planned.problems());
    }
    root.putObject("summary")
        .put("identities", identities)
        .put("affected", affected.size())
        .put("rotated", rotations())
        .put("suspended", count(impact -> impact.suspended().isPresent()))
        .put("notReady", count(impact -> impact.notReady().isPresent()))
        .put("ready", count(PolicyImpact::ready))
        .put("violating", count(impact -> !impact.violations().isEmpty()));
    var list = root.putArray("affected");
    affected.forEach(one -> write(list.addObject(), one));
    texts(root, "partial", gaps);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void write(ObjectNode node, Affected one) {
    var impact = one.impact();
    node.put("namespace", one.namespace());
    node.put("name", one.name());
    texts(node, "rotated", impact.rotated());
    text(node, "suspended", impact.suspended());
    text(node, "notReady", impact.notReady());
    if (impact.ready()) {
      node.put("ready", true);
    }
    if (!impact.violations().isEmpty()) {
      var violations = node.putArray("violations");
      for (var violation : impact.violations()) {
        var broken = violations.addObject();
        broken.put("condition", violation.type().name());
        broken.put("reason", violation.reason().name());
        broken.put("enforcement", violation.enforcement().name());
        text(broken, "policy", violation.policy());
      }
    }
    texts(node, "actions", impact.actions());
  }

  private static void text(ObjectNode node, String field, Optional<String> text) {
    text.ifPresent(found -> node.put(field, found));
  }

  private static void texts(ObjectNode node, String field, List<String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(node.putArray(field)::add);
    }
  }
}
