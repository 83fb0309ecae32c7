// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.api.Api;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.ApiErrors;
import dev.credence.cli.Connection;
import dev.credence.cli.Connection.Name;
import dev.credence.cli.show.Recorded.Member;
import dev.credence.cli.show.Subject.Kind;
import dev.credence.client.Pages;
import dev.credence.facts.usage.WorkloadFacts;
import dev.credence.observe.usage.PodTemplates;
import dev.credence.observe.usage.SecretReferences;
import dev.credence.observe.usage.Workloads;
import dev.credence.raw.Metadata;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads the records about one object. Of Secrets it reads the metadata alone. What the user has
/// no permission to read becomes a gap.
final class HistoryReader {
  private static final String CONTROLLER = Api.GROUP + "/" + Api.MANAGER;

  private final Connection connection;
  private final Subject subject;
  private final List<Member> members = new ArrayList<>();
  private final Set<String> identityNames = new TreeSet<>();
  private final List<String> gaps = new ArrayList<>();
  private boolean found = true;

  private HistoryReader(Connection connection, Subject subject) {
    this.connection = connection;
    this.subject = subject;
  }

  static Recorded read(Connection connection, Subject subject) {
    return new HistoryReader(connection, subject).read();
  }

  private Recorded read() {
    Optional<WorkloadFacts> workload =
        switch (subject.kind()) {
          case MachineIdentity -> {
            identityNames.add(subject.name().name());
            yield Optional.empty();
          }
          case Secret -> member(Secret.class, "secrets");
          case ServiceAccount -> member(ServiceAccount.class, "serviceaccounts");
          case Certificate -> member(Certificate.class, "certificates.cert-manager.io");
          case Deployment, StatefulSet, DaemonSet, Rollout, Pod -> workload();
        };
    var identities = new ArrayList<MachineIdentity>();
    for (var name : identityNames) {
      identity(new Name(subject.name().namespace(), name)).ifPresent(identities::add);
    }
    if (subject.kind() == Kind.MachineIdentity) {
      found = !identities.isEmpty();
    }
    return new Recorded(subject, found, identities, members, workload, events(), gaps);
  }

  private Optional<MachineIdentity> identity(Name name) {
    var found = new ArrayList<MachineIdentity>();
    allowed(
        "get machineidentities.credence.dev",
        () -> Optional.ofNullable(connection.resource(name).get()).ifPresent(found::add));
    if (found.isEmpty()) {
      gaps.add("MachineIdentity " + name + " was not found.");
    }
    return found.stream().findFirst();
  }

  private <T extends HasMetadata> Optional<WorkloadFacts> member(Class<T> kind, String plural) {
    allowed(
        "list " + plural,
        () -> list(kind, Optional.empty(), Optional.of("metadata.name=" + subject.name().name())));
    if (members.isEmpty()) {
      notFound();
    } else if (identityNames.isEmpty()) {
      gaps.add(subject + " belongs to no MachineIdentity. It has no label " + Api.IDENTITY + ".");
    }
    return Optional.empty();
  }

  /// Adds what has the label of an identity, and the subject itself.
  private <T extends HasMetadata> void list(
      Class<T> kind, Optional<String> labels, Optional<String> fields) {
    Pages.of(connection.metadata(), kind, Optional.of(subject.name().namespace()))
        .with(labels, fields)
        .forEach(
            object -> {
              members.add(new Member(Kind.valueOf(kind.getSimpleName()), object.getMetadata()));
              Optional.ofNullable(Metadata.labels(object.getMetadata()).get(Api.IDENTITY))
                  .ifPresent(identityNames::add);
            });
  }

  private Optional<WorkloadFacts> workload() {
    var objects = new ArrayList<HasMetadata>();
    allowed("get " + subject.kind().lower() + "s", () -> object().ifPresent(objects::add));
    if (objects.isEmpty()) {
      notFound();
      return Optional.empty();
    }
    var object = objects.getFirst();
    podSpec(object).ifPresent(this::used);
    return object instanceof Pod ? Optional.empty() : Workloads.of(object);
  }

  private void notFound() {
    found = false;
    gaps.add(subject + " was not found.");
  }

  private Optional<? extends HasMetadata> object() {
    var client = connection.client();
    var namespace = subject.name().namespace();
    var name = subject.name().name();
    return Optional.ofNullable(
        switch (subject.kind()) {
          case Deployment ->
              client.apps().deployments().inNamespace(namespace).withName(name).get();
          case StatefulSet ->
              client.apps().statefulSets().inNamespace(namespace).withName(name).get();
          case DaemonSet -> client.apps().daemonSets().inNamespace(namespace).withName(name).get();
          case Pod -> client.pods().inNamespace(namespace).withName(name).get();
          case Rollout ->
              client
                  .genericKubernetesResources(
                      new ResourceDefinitionContext.Builder()
                          .withGroup("argoproj.io")
                          .withVersion("v1alpha1")
                          .withKind("Rollout")
                          .withPlural("rollouts")
                          .withNamespaced(true)
                          .build())
                  .inNamespace(namespace)
                  .withName(name)
                  .get();
          case MachineIdentity, Secret, ServiceAccount, Certificate ->
              throw new IllegalStateException(subject + " is no workload");
        });
  }

  private static Optional<PodSpec> podSpec(HasMetadata object) {
    return object instanceof Pod pod
        ? Optional.ofNullable(pod.getSpec())
        : PodTemplates.of(object).map(PodTemplateSpec::getSpec);
  }

  /// The Secrets and the ServiceAccount of its pods that belong to an identity.
  private void used(PodSpec spec) {
    var secrets = SecretReferences.of(spec);
    allowed("list secrets", () -> list(Secret.class, Optional.of(Api.IDENTITY), Optional.empty()));
    members.removeIf(member -> !secrets.contains(member.meta().getName()));
    Optional.ofNullable(spec.getServiceAccountName())
        .ifPresent(
            account ->
                allowed(
                    "list serviceaccounts",
                    () ->
                        list(
                            ServiceAccount.class,
                            Optional.of(Api.IDENTITY),
                            Optional.of("metadata.name=" + account))));
    identityNames.clear();
    members.forEach(
        member ->
            Optional.ofNullable(Metadata.labels(member.meta()).get(Api.IDENTITY))
                .ifPresent(identityNames::add));
    if (members.isEmpty()) {
      gaps.add(
          subject + " uses no Secret and no ServiceAccount with the label " + Api.IDENTITY + ".");
    }
  }

  private List<Event> events() {
    var events = new ArrayList<Event>();
    allowed(
        "list events.events.k8s.io",
        () ->
            Pages.of(connection.client(), Event.class, Optional.of(subject.name().namespace()))
                .with(Optional.empty(), Optional.of("regarding.kind=MachineIdentity"))
                .forEach(
                    event -> {
                      if (CONTROLLER.equals(event.getReportingController())) {
                        events.add(event);
                      }
                    }));
    return events;
  }

  private void allowed(String what, Runnable read) {
    try {
      read.run();
    } catch (KubernetesClientException answer) {
      if (answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        gaps.add("The API server does not serve the kind to " + what + ".");
      } else if (ApiErrors.isForbidden(answer)) {
        gaps.add("No permission to " + what + " in namespace " + subject.name().namespace() + ".");
      } else {
        throw answer;
      }
    }
  }
}
