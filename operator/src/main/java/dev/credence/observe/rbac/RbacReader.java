// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.rbac;

import dev.credence.facts.rbac.Binding;
import dev.credence.facts.rbac.PolicyRule;
import dev.credence.facts.rbac.Role;
import dev.credence.facts.rbac.Subject;
import dev.credence.facts.rbac.Subject.Account;
import dev.credence.facts.rbac.Subject.Group;
import dev.credence.facts.rbac.Subject.User;
import dev.credence.raw.NullSafe;
import dev.credence.raw.UntrustedText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Roles and bindings as facts, and the keys by which they are found.
public final class RbacReader {
  private static final Pattern USER_OF_ACCOUNT =
      Pattern.compile("system:serviceaccount:([^:]+):([^:]+)");

  /// A Role or a ClusterRole.
  public static Optional<Role> role(HasMetadata object) {
    return switch (object) {
      case io.fabric8.kubernetes.api.model.rbac.Role role ->
          Optional.of(new Role(namespace(role), name(role), rules(role.getRules()), changed(role)));
      case ClusterRole role ->
          Optional.of(new Role("", name(role), rules(role.getRules()), changed(role)));
      default -> Optional.empty();
    };
  }

  /// A RoleBinding or a ClusterRoleBinding.
  public static Optional<Binding> binding(HasMetadata object) {
    return switch (object) {
      case RoleBinding binding ->
          Optional.of(
              binding(namespace(binding), binding, binding.getRoleRef(), binding.getSubjects()));
      case ClusterRoleBinding binding ->
          Optional.of(binding("", binding, binding.getRoleRef(), binding.getSubjects()));
      default -> Optional.empty();
    };
  }

  private static Binding binding(
      String namespace,
      HasMetadata object,
      @Nullable RoleRef role,
      @Nullable List<io.fabric8.kubernetes.api.model.rbac.Subject> subjects) {
    return new Binding(
        namespace,
        name(object),
        role != null && "ClusterRole".equals(role.getKind()),
        role == null ? "" : text(role.getName()),
        NullSafe.in(subjects).flatMap(subject -> subject(subject, namespace)).toList(),
        changed(object));
  }

  /// When it was created or changed last, as far as the API server recorded it.
  public static Optional<Instant> changed(HasMetadata object) {
    var metadata = object.getMetadata();
    return Stream.concat(
            Stream.ofNullable(metadata.getCreationTimestamp()),
            NullSafe.in(metadata.getManagedFields()).map(ManagedFieldsEntry::getTime))
        .flatMap(time -> UntrustedText.time(time).stream())
        .max(Instant::compareTo);
  }

  /// A ServiceAccount without a namespace is one of the binding's own.
  private static Stream<Subject> subject(
      io.fabric8.kubernetes.api.model.rbac.Subject subject, String bindingNamespace) {
    var name = text(subject.getName());
    return switch (text(subject.getKind())) {
      case "ServiceAccount" -> {
        var namespace = text(subject.getNamespace());
        var account = new Account(namespace.isEmpty() ? bindingNamespace : namespace, name);
        yield account.namespace().isEmpty() ? Stream.of() : Stream.of(account);
      }
      case "User" -> Stream.of(new User(name));
      case "Group" -> Stream.of(new Group(name));
      default -> Stream.of();
    };
  }

  private static List<PolicyRule> rules(
      @Nullable List<io.fabric8.kubernetes.api.model.rbac.PolicyRule> rules) {
    return NullSafe.in(rules)
        .map(
            rule ->
                new PolicyRule(
                    words(rule.getApiGroups()),
                    words(rule.getResources()),
                    words(rule.getVerbs()),
                    words(rule.getResourceNames())))
        // A rule about paths.
        .filter(rule -> !rule.resources().isEmpty())
        .toList();
  }

  private static Set<String> words(@Nullable List<String> words) {
    return NullSafe.in(words).collect(Collectors.toUnmodifiableSet());
  }

  /// The ServiceAccount that has this name as a user.
  public static Optional<Account> accountOf(String user) {
    return Optional.of(USER_OF_ACCOUNT.matcher(user))
        .filter(parts -> parts.matches())
        .map(parts -> new Account(parts.group(1), parts.group(2)));
  }

  /// The keys of whom a binding names; none of another object.
  public static List<String> subjectKeys(HasMetadata object) {
    return binding(object).stream()
        .flatMap(binding -> binding.subjects().stream())
        .map(RbacReader::key)
        .distinct()
        .toList();
  }

  static String key(Subject subject) {
    return switch (subject) {
      case Account(var namespace, var name) -> "account/" + namespace + "/" + name;
      case User(var name) -> "user/" + name;
      case Group(var name) -> "group/" + name;
    };
  }

  /// The key of the role that a binding refers to.
  public static List<String> roleKeys(HasMetadata object) {
    return binding(object).stream()
        .map(binding -> roleKey(binding.roleNamespace(), binding.role()))
        .toList();
  }

  static String roleKey(String namespace, String name) {
    return namespace + "/" + name;
  }

  private static String namespace(HasMetadata object) {
    return text(object.getMetadata().getNamespace());
  }

  private static String name(HasMetadata object) {
    return text(object.getMetadata().getName());
  }

  private static String text(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }

  private RbacReader() {}
}
