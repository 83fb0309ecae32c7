// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The e-mail addresses that may receive notices. The contact of an owner is the input of a user: a
/// contact that is no plain address, or whose domain is not allowed, is replaced by the fallback.
///
/// @param domains in lower case; `*` allows all
record Addresses(Optional<String> fallback, Set<String> domains) {
  private static final String ANY = "*";
  private static final int LONGEST = 254;
  private static final int LONGEST_LOCAL_PART = 64;

  /// Atoms of RFC 5322 and labels of DNS: no quotes, comments, spaces, control characters, display
  /// names or lists. A hyphen at the beginning could be read as an option by a mail server.
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?!-)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++)*+"
              + "@(?<domain>[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*+)");

  Addresses {
    domains = Set.copyOf(domains);
  }

  /// Without `domains`, the domain of the fallback is allowed; without either, all.
  static Addresses of(Optional<String> fallback, Set<String> domains) {
    var allowed =
        domains.isEmpty()
            ? fallback.flatMap(Addresses::domain).map(Stream::of).orElse(Stream.of(ANY))
            : domains.stream();
    return new Addresses(
        fallback, allowed.map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()));
  }

  static boolean isValid(String address) {
    return domain(address).isPresent();
  }

  private static Optional<String> domain(String address) {
    var found = ADDRESS.matcher(address.length() > LONGEST ? "" : address);
    return found.matches() && address.indexOf('@') <= LONGEST_LOCAL_PART
        ? Optional.of(found.group("domain").toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /// In lower case, so that one person gets one notice; empty where the contact is not usable.
  Optional<String> of(String contact) {
    return domain(contact)
        .filter(domain -> domains.contains(ANY) || domains.contains(domain))
        .map(_ -> contact.toLowerCase(Locale.ROOT));
  }
}
