package dev.credence.it.weather;

import java.net.URI;
import java.util.regex.Pattern;

/// A request as it arrives. `resource` is the plural with its subresource, `secrets` or
/// `machineidentities/status`.
public record Call(String verb, String resource, boolean watches) {
  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/[^/]+(?=/))?/([^/]+)(?:/[^/]+(?:/([^/]+))?)?");

  static Call of(String method, URI uri) {
    var path = PATH.matcher(uri.getRawPath());
    var resource = !path.matches() ? uri.getRawPath() : path.group(1);
    if (path.matches() && path.group(2) != null) {
      resource += "/" + path.group(2);
    }
    var query = uri.getRawQuery();
    return new Call(method, resource, query != null && query.contains("watch=true"));
  }

  boolean writes() {
    return !verb.equals("GET");
  }

  /// `PATCH secrets`, `WATCH secrets`.
  String kind() {
    return (watches ? "WATCH" : verb) + " " + resource;
  }
}
