// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.weather;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A request as it arrives. `resource` is the plural with its subresource, `secrets` or
/// `machineidentities/status`; `namespace` and `name` may be empty.
public record Call(String verb, String namespace, String resource, String name, boolean caches) {
  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/([^/]+)(?=/))?/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?");

  static Call of(String method, URI uri) {
    var query = uri.getRawQuery();
    var caches = query != null && query.contains("watch=true");
    var path = PATH.matcher(uri.getRawPath());
    if (!path.matches()) {
      return new Call(method, "", uri.getRawPath(), "", caches);
    }
    var sub = path.group(4) == null ? "" : "/" + path.group(4);
    return new Call(
        method, orEmpty(path.group(1)), path.group(2) + sub, orEmpty(path.group(3)), caches);
  }

  private static String orEmpty(@Nullable String found) {
    return found == null ? "" : found;
  }

  public boolean writes() {
    return !verb.equals("GET");
  }

  /// The verb as RBAC has it.
  public String right() {
    return switch (verb) {
      case "GET" -> caches ? "watch" : name.isEmpty() ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> verb.toLowerCase(Locale.ROOT);
    };
  }

  /// `PATCH secrets`, `WATCH secrets`.
  String kind() {
    return (caches ? "WATCH" : verb) + " " + resource;
  }
}
