// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import static java.util.function.Predicate.not;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/// A user in an authentication database, with its barriers. Each change is one `updateUser`, so
/// that the password and the barriers change together.
final class MongoDbUser {
  private static final String RESTRICTIONS = "authenticationRestrictions";
  private static final String SERVER_ADDRESS = "serverAddress";
  private static final Set<String> KNOWN_MECHANISMS = Set.of("SCRAM-SHA-256", "SCRAM-SHA-1");

  /// Why a user cannot log in: it is restricted to a server address that no connection has. Both
  /// are multicast addresses for documentation (RFC 6676), and a TCP connection has no multicast
  /// address (RFC 9293, 3.9.2.3).
  ///
  /// MongoDB accepts a login that meets one of the user's restrictions, and a restriction is met if
  /// each of its lists contains the address. A barrier is therefore in the list of server addresses
  /// of every restriction, alone or with the other barrier.
  private enum Barrier {
    /// A suspension locked the user.
    LOCKED("233.252.0.1"),
    /// The password was revoked, and no later one was set.
    REVOKED("233.252.0.2");

    private final String address;

    Barrier(String address) {
      this.address = address;
    }

    boolean isIn(Document restriction) {
      return addresses(restriction).anyMatch(address::equals);
    }

    /// The server writes an address as a range.
    private static Stream<String> addresses(Document restriction) {
      return restriction.getList(SERVER_ADDRESS, String.class, List.of()).stream()
          .map(range -> range.replaceFirst("/32$", ""));
    }
  }

  private final MongoDbSession session;
  private final Inputs inputs;
  private final String name;
  private final Set<Barrier> barriers;

  /// Those that the user has in addition to the barriers.
  private final List<Document> restrictions;

  private MongoDbUser(MongoDbSession session, Inputs inputs, Document description) {
    this.session = session;
    this.inputs = inputs;
    name = description.getString("user");
    var all = description.getList(RESTRICTIONS, Document.class, List.of());
    barriers =
        Stream.of(Barrier.values())
            .filter(barrier -> !all.isEmpty() && all.stream().allMatch(barrier::isIn))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Barrier.class)));
    restrictions =
        all.stream().map(MongoDbUser::withoutBarriers).filter(not(Document::isEmpty)).toList();
  }

  private static Document withoutBarriers(Document restriction) {
    var other = new Document(restriction);
    if (Stream.of(Barrier.values()).anyMatch(barrier -> barrier.isIn(restriction))) {
      other.remove(SERVER_ADDRESS);
    }
    return other;
  }

  static Optional<MongoDbUser> find(MongoDbSession session, Inputs inputs, String name) {
    var command = new Document("usersInfo", name).append("showAuthenticationRestrictions", true);
    return session.run(command, "viewUser").getList("users", Document.class).stream()
        .findFirst()
        .map(description -> new MongoDbUser(session, inputs, description));
  }

  /// A locked user stays locked.
  void setPassword(String password) {
    change(Optional.of(password), without(Barrier.REVOKED));
  }

  /// The user can log in again after the next [#setPassword].
  void revoke(String randomPassword) {
    change(Optional.of(randomPassword), with(Barrier.REVOKED));
  }

  void lock() {
    change(Optional.empty(), with(Barrier.LOCKED));
  }

  void unlock() {
    change(Optional.empty(), without(Barrier.LOCKED));
  }

  private Set<Barrier> with(Barrier barrier) {
    var next = EnumSet.of(barrier);
    next.addAll(barriers);
    return next;
  }

  private Set<Barrier> without(Barrier barrier) {
    return barriers.stream().filter(not(barrier::equals)).collect(Collectors.toUnmodifiableSet());
  }

  private void change(Optional<String> password, Set<Barrier> next) {
    var command = new Document("updateUser", name);
    var actions = new ArrayList<String>();
    if (password.isPresent()) {
      command.append("pwd", password.get()).append("mechanisms", mechanisms());
      actions.add("changePassword");
    }
    if (!next.equals(barriers)) {
      command.append(RESTRICTIONS, restrictions(next));
      actions.add("setAuthenticationRestriction");
    }
    if (!actions.isEmpty()) {
      session.change(command, actions.toArray(String[]::new));
    }
    if (!next.equals(barriers)) {
      checkStored(next);
    }
  }

  /// Servers that only speak the protocol of MongoDB accept restrictions and ignore them.
  private void checkStored(Set<Barrier> next) {
    if (find(session, inputs, name).filter(user -> user.barriers.equals(next)).isEmpty()) {
      throw new Failure(
          Kind.Unsupported,
          "The server ignores authentication restrictions of user %s. Without them, a user of MongoDB cannot be locked and its sessions cannot be ended."
              .formatted(name));
    }
  }

  private List<Document> restrictions(Set<Barrier> next) {
    if (next.isEmpty()) {
      return restrictions;
    }
    if (restrictions.stream().anyMatch(restriction -> restriction.containsKey(SERVER_ADDRESS))) {
      throw new Failure(
          Kind.Usage,
          "User %s has an authentication restriction with serverAddress. The hook locks users by this field, and cannot restore it. Restrict the user by clientSource alone."
              .formatted(name));
    }
    var addresses = next.stream().sorted().map(barrier -> barrier.address).toList();
    var open = restrictions.isEmpty() ? List.of(new Document()) : restrictions;
    return open.stream()
        .map(restriction -> new Document(restriction).append(SERVER_ADDRESS, addresses))
        .toList();
  }

  private List<String> mechanisms() {
    var names = List.of(inputs.get(MongoDb.MECHANISMS).split(",", -1));
    if (!KNOWN_MECHANISMS.containsAll(names)) {
      throw new Failure(
          Kind.Usage,
          "HOOK_MECHANISMS must be SCRAM-SHA-256, SCRAM-SHA-1, or both separated by a comma.");
    }
    return names;
  }
}
