// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.credence.api.MachineIdentity;
import dev.credence.cli.Connection;
import dev.credence.cli.Failed;
import dev.credence.client.Pages;
import dev.credence.facts.evidence.DatedGrant;
import dev.credence.facts.evidence.Log;
import dev.credence.facts.rbac.Binding;
import dev.credence.facts.rbac.Catalog;
import dev.credence.facts.rbac.Role;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Who;
import dev.credence.observe.rbac.RbacReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The roles, bindings and identities to compare with: of a cluster, or of manifests.
public final class RbacObjects implements Catalog {
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).registerModule(new JavaTimeModule());

  private final Map<Subject, List<Binding>> bindings = new HashMap<>();
  private final Map<String, Binding> byTitle = new HashMap<>();
  private final Map<String, Role> roles = new HashMap<>();
  private final Map<String, Instant> changes = new HashMap<>();
  private final List<MachineIdentity> identities = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();

  static RbacObjects of(Connection connection) {
    var objects = grantsOf(connection);
    var client = connection.client();
    try {
      Pages.of(client, MachineIdentity.class, Optional.empty()).forEach(objects::add);
    } catch (KubernetesClientException answer) {
      objects.unread.add(
          "MachineIdentities could not be listed (the API server answered "
              + answer.getCode()
              + "): the report names accounts without their identities.");
    }
    return objects;
  }

  /// The roles and bindings of a cluster, without identities.
  public static RbacObjects grantsOf(Connection connection) {
    var objects = new RbacObjects();
    var client = connection.client();
    for (var kind :
        List.of(
            ClusterRole.class,
            io.fabric8.kubernetes.api.model.rbac.Role.class,
            ClusterRoleBinding.class,
            RoleBinding.class)) {
      Pages.of(client, kind, Optional.empty()).forEach(objects::add);
    }
    return objects;
  }

  /// Of a YAML or JSON file, or of those of a folder and its subfolders.
  static RbacObjects of(Path path) {
    var objects = new RbacObjects();
    try (var files = Files.walk(path)) {
      var manifests =
          files
              .filter(Files::isRegularFile)
              .filter(file -> file.equals(path) || file.toString().matches(".*\\.(yaml|yml|json)"))
              .sorted()
              .toList();
      for (var file : manifests) {
        objects.read(file);
      }
    } catch (IOException unreadable) {
      throw new Failed(path + " cannot be read: " + unreadable.getMessage());
    }
    if (objects.byTitle.isEmpty()) {
      throw new Failed(path + " contains no RoleBinding and no ClusterRoleBinding.");
    }
    return objects;
  }

  private void read(Path file) throws IOException {
    try (var in = Files.newInputStream(file);
        MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(in)) {
      while (documents.hasNextValue()) {
        var document = documents.nextValue();
        if (document != null) {
          document(document);
        }
      }
    } catch (JsonProcessingException wrong) {
      throw new Failed(file + ": " + wrong.getOriginalMessage());
    }
  }

  /// Other kinds are no matter of this command.
  private void document(JsonNode document) throws JsonProcessingException {
    var kind = document.path("kind").asText();
    if (kind.endsWith("List") && document.path("items").isArray()) {
      for (var item : document.path("items")) {
        document(item);
      }
      return;
    }
    var type =
        switch (kind) {
          case "Role" -> io.fabric8.kubernetes.api.model.rbac.Role.class;
          case "ClusterRole" -> ClusterRole.class;
          case "RoleBinding" -> RoleBinding.class;
          case "ClusterRoleBinding" -> ClusterRoleBinding.class;
          case "MachineIdentity" -> MachineIdentity.class;
          default -> null;
        };
    if (type != null) {
      add(YAML.treeToValue(document, type));
    }
  }

  private void add(HasMetadata object) {
    if (object instanceof MachineIdentity identity) {
      identities.add(identity);
    }
    RbacReader.role(object)
        .ifPresent(
            role -> {
              roles.put(role.namespace() + "/" + role.name(), role);
              changed(
                  object, key(role.namespace().isEmpty(), false, role.namespace(), role.name()));
            });
    RbacReader.binding(object)
        .ifPresent(
            binding -> {
              byTitle.put(binding.title(), binding);
              binding.subjects().stream()
                  .distinct()
                  .forEach(
                      subject ->
                          bindings.computeIfAbsent(subject, _ -> new ArrayList<>()).add(binding));
              changed(
                  object, key(binding.isEverywhere(), true, binding.namespace(), binding.name()));
            });
  }

  private static String plural(boolean everywhere, boolean binding) {
    return (everywhere ? "cluster" : "") + (binding ? "rolebindings" : "roles");
  }

  private static String key(boolean everywhere, boolean binding, String namespace, String name) {
    return plural(everywhere, binding) + "/" + namespace + "/" + name;
  }

  /// The last time that the API server recorded for it.
  private void changed(HasMetadata object, String key) {
    RbacReader.changed(object).ifPresent(time -> changes.put(key, time));
  }

  @Override
  public Collection<Binding> naming(Subject subject) {
    return bindings.getOrDefault(subject, List.of());
  }

  @Override
  public Optional<Role> role(String namespace, String name) {
    return Optional.ofNullable(roles.get(namespace + "/" + name));
  }

  List<MachineIdentity> identities() {
    return identities;
  }

  /// What could not be read, and bindings that refer to a role that is not there.
  List<String> gaps() {
    return Stream.concat(unread.stream(), withoutRole()).toList();
  }

  private Stream<String> withoutRole() {
    return byTitle.values().stream()
        .filter(binding -> role(binding.roleNamespace(), binding.role()).isEmpty())
        .map(binding -> "The role " + binding.role() + " of " + binding.title() + " is missing.")
        .sorted();
  }

  /// ServiceAccounts that a binding names, as in `sales/crm`.
  SortedSet<String> accounts() {
    var accounts = new TreeSet<String>();
    bindings.keySet().stream()
        .flatMap(
            subject ->
                switch (subject) {
                  case Subject.Account(var namespace, var name) ->
                      Stream.of(namespace + "/" + name);
                  case Subject.User(var name) ->
                      RbacReader.accountOf(name).stream()
                          .map(account -> account.namespace() + "/" + account.name());
                  case Subject.Group _ -> Stream.of();
                })
        .forEach(accounts::add);
    return accounts;
  }

  /// With the time of the last change, by what the objects or the log say.
  public List<DatedGrant> grants(String namespace, String name, Log log) {
    return grants(new Who.ServiceAccount(namespace, name, true)).stream()
        .map(
            grant ->
                new DatedGrant(
                    grant,
                    Optional.ofNullable(byTitle.get(grant.via()))
                        .flatMap(binding -> changed(binding, log))))
        .toList();
  }

  private Optional<Instant> changed(Binding binding, Log log) {
    var inCluster = binding.roleNamespace().isEmpty();
    return Stream.of(
            changed(binding.isEverywhere(), true, binding.namespace(), binding.name(), log),
            changed(inCluster, false, binding.roleNamespace(), binding.role(), log))
        .flatMap(Optional::stream)
        .max(Instant::compareTo);
  }

  private Optional<Instant> changed(
      boolean everywhere, boolean binding, String namespace, String name, Log log) {
    return Stream.concat(
            Optional.ofNullable(changes.get(key(everywhere, binding, namespace, name))).stream(),
            log.changeOf(plural(everywhere, binding), namespace, name).stream())
        .max(Instant::compareTo);
  }
}
