// SPDX-License-Identifier: Apache-2.0
package dev.credence.controller;

import dev.credence.act.request.WriteRefused;
import dev.credence.decide.discovery.RegistrationPlan;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.metrics.DiscoveryGauges.Progress;
import dev.credence.plan.RegistrationStep;
import dev.credence.plan.Sentences;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what discovery decides, so many writes in a minute and no more. What the API server
/// refuses is tried again later and said meanwhile; a right that is missing is asked for once in
/// each namespace, and not once for each account.
final class Registrar {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
  static final int MOST_WRITES = 60;
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final Duration AFTER_A_REFUSAL = Duration.ofMinutes(5);

  /// A write that the cache does not show after this time is decided again.
  private static final Duration SHOWN_AFTER = Duration.ofSeconds(30);

  private static final Duration AFTER_A_RACE = Duration.ofSeconds(5);
  private static final int SHOWN_PROBLEMS = 3;

  private static final String NO_RIGHT =
      "The operator has no permission to write MachineIdentities. The chart grants it with `discovery.register: true`.";

  private final Consumer<RegistrationStep> writes;
  private final ArrayDeque<Instant> written = new ArrayDeque<>();
  private final Map<String, Held> held = new HashMap<>();

  /// An action that is not tried before `until`. `why` is empty where it succeeded.
  private record Held(Instant until, Optional<String> why) {}

  /// `writes` throws [WriteRefused] where the API server said no.
  Registrar(Consumer<RegistrationStep> writes) {
    this.writes = writes;
  }

  /// The progress by the names of policies.
  Map<String, Progress> perform(RegistrationPlan registering, Instant now) {
    forget(now);
    var waiting = new HashMap<String, Integer>();
    var problems = new HashMap<String, List<String>>();
    registering.problems().forEach(one -> add(problems, one.policy(), one.message()));
    for (var step : registering.steps()) {
      var before = Optional.ofNullable(held.get(key(step))).or(() -> lacking(step));
      if (before.isPresent()) {
        before.flatMap(Held::why).ifPresent(why -> reported(step, why, problems));
      } else if (written.size() < MOST_WRITES) {
        perform(step, now).ifPresent(why -> reported(step, why, problems));
      } else if (step instanceof RegistrationStep.Register register) {
        waiting.merge(register.policy(), 1, Integer::sum);
      }
    }
    return progress(waiting, problems);
  }

  /// Something was put off, so that there is more to do though nothing changes.
  boolean isUnfinished() {
    return written.size() >= MOST_WRITES
        || held.values().stream().anyMatch(one -> one.why().isPresent());
  }

  private void forget(Instant now) {
    while (!written.isEmpty() && !written.getFirst().plus(WITHIN).isAfter(now)) {
      written.removeFirst();
    }
    held.values().removeIf(one -> !one.until().isAfter(now));
  }

  private Optional<Held> lacking(RegistrationStep step) {
    return Optional.ofNullable(held.get(right(step)));
  }

  /// Why it was not done.
  private Optional<String> perform(RegistrationStep step, Instant now) {
    written.addLast(now);
    try {
      writes.accept(step);
      held.put(key(step), new Held(now.plus(SHOWN_AFTER), Optional.empty()));
      LOG.atInfo()
          .addKeyValue("namespace", step.namespace())
          .addKeyValue("identity", step.name())
          .addKeyValue("action", kind(step))
          .log("Action done");
      return Optional.empty();
    } catch (WriteRefused refusal) {
      return refused(step, refusal, now);
    } catch (KubernetesClientException unanswered) {
      var why = Optional.of("The API server does not answer.");
      held.put(key(step), new Held(now.plus(SHOWN_AFTER), why));
      return why;
    } catch (RuntimeException fault) {
      LOG.atWarn()
          .setCause(fault)
          .addKeyValue("namespace", step.namespace())
          .addKeyValue("identity", step.name())
          .log("A step of the registration failed");
      var why =
          Optional.of(
              "The operator failed to write " + step.name() + "; its log contains the cause.");
      held.put(key(step), new Held(now.plus(AFTER_A_REFUSAL), why));
      return why;
    }
  }

  private Optional<String> refused(RegistrationStep step, WriteRefused refusal, Instant now) {
    if (refusal.why() != Cause.Refused) {
      held.put(key(step), new Held(now.plus(AFTER_A_RACE), Optional.empty()));
      return Optional.empty();
    }
    var stated = Optional.ofNullable(refusal.getMessage()).orElse("");
    LOG.atWarn()
        .addKeyValue("namespace", step.namespace())
        .addKeyValue("identity", step.name())
        .addKeyValue("action", kind(step))
        .log(stated);
    // The message of RBAC; quotas and admission policies have other messages.
    var lacks = stated.contains("(403)") && stated.contains(" cannot ");
    var why = Optional.of(lacks ? NO_RIGHT : stated);
    held.put(lacks ? right(step) : key(step), new Held(now.plus(AFTER_A_REFUSAL), why));
    return why;
  }

  private static void reported(
      RegistrationStep step, String why, Map<String, List<String>> problems) {
    if (step instanceof RegistrationStep.Register register) {
      add(problems, register.policy(), why);
    }
  }

  private static void add(Map<String, List<String>> problems, String policy, String message) {
    var list = problems.computeIfAbsent(policy, name -> new ArrayList<>());
    if (!list.contains(message)) {
      list.add(message);
    }
  }

  private static String kind(RegistrationStep step) {
    return step.getClass().getSimpleName();
  }

  private static String right(RegistrationStep step) {
    return kind(step) + " " + step.namespace();
  }

  private static String key(RegistrationStep step) {
    return right(step) + "/" + step.name();
  }

  private static Map<String, Progress> progress(
      Map<String, Integer> waiting, Map<String, List<String>> problems) {
    var progress = new HashMap<String, Progress>();
    waiting.forEach((policy, count) -> progress.put(policy, new Progress(count, Optional.empty())));
    problems.forEach(
        (policy, list) ->
            progress.put(
                policy, new Progress(waiting.getOrDefault(policy, 0), Optional.of(joined(list)))));
    return progress;
  }

  private static String joined(List<String> problems) {
    var some =
        problems.stream()
            .limit(SHOWN_PROBLEMS)
            .map(Sentences::sentence)
            .collect(Collectors.joining(" "));
    return problems.size() <= SHOWN_PROBLEMS
        ? some
        : some + " And " + (problems.size() - SHOWN_PROBLEMS) + " more.";
  }
}
