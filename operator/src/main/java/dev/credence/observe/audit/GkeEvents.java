// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import static dev.credence.observe.audit.NativeEvents.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Right;
import dev.credence.raw.UntrustedText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An entry of Cloud Logging with the payload of a GKE audit event. Kind and verb are in
/// `methodName` (`io.k8s.core.v1.pods.exec.create`), namespace and name in `resourceName`
/// (`core/v1/namespaces/sales/pods/web/exec`). It has no credential ID.
final class GkeEvents {
  private static final Pattern VERSION = Pattern.compile("v\\d+((alpha|beta)\\d+)?");
  private static final String CORE = "core";
  private static final String NAMESPACES = "namespaces";

  static boolean is(JsonNode node) {
    return node.path("protoPayload").path("methodName").isTextual();
  }

  static Optional<AuditEvent> read(JsonNode node) {
    var payload = node.path("protoPayload");
    var operation = text(node.path("operation").path("id"));
    return UntrustedText.time(node.path("timestamp").textValue())
        .map(
            time -> {
              var method = List.of(text(payload.path("methodName")).split("\\.", -1));
              var object = ObjectPath.of(text(payload.path("resourceName")), method);
              var metadata = payload.path("requestMetadata");
              return new AuditEvent(
                  operation.isEmpty() ? text(node.path("insertId")) : operation,
                  time,
                  payload.path("authenticationInfo").path("principalEmail").asText(),
                  object.right(method.getLast()),
                  object.name(),
                  code(node, payload.path("status").path("code").asInt(0)),
                  metadata.path("callerIp").asText(),
                  metadata.path("callerSuppliedUserAgent").asText(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty());
            });
  }

  /// The status is one of `google.rpc.Code`.
  private static int code(JsonNode node, int status) {
    if (node.path("labels").path("authorization.k8s.io/decision").asText().equals("forbid")) {
      return 403;
    }
    return switch (status) {
      case 0 -> 200;
      case 3, 9, 11 -> 400;
      case 5 -> 404;
      case 6, 10 -> 409;
      case 7 -> 403;
      case 8 -> 429;
      case 16 -> 401;
      default -> 500;
    };
  }

  private record ObjectPath(String group, String resource, String namespace, String name) {

    Right right(String verb) {
      return resource.startsWith("/")
          ? NativeEvents.path(verb, resource)
          : new Right(verb, group, resource, namespace);
    }

    static ObjectPath of(String resourceName, List<String> method) {
      var version = method.stream().filter(part -> VERSION.matcher(part).matches()).findFirst();
      var at = version.map(method::indexOf).orElse(-1);
      if (at < 0 || at + 2 >= method.size()) {
        return new ObjectPath("", "/" + resourceName, "", "");
      }
      var kind = method.subList(at + 1, method.size() - 1);
      var parts = Arrays.asList(resourceName.split("/", -1));
      var group = parts.getFirst().equals(CORE) ? "" : parts.getFirst();
      var rest = parts.subList(Math.min(2, parts.size()), parts.size());
      var namespaced =
          rest.size() > 2
              && rest.getFirst().equals(NAMESPACES)
              && !kind.getFirst().equals(NAMESPACES);
      var object = namespaced ? rest.subList(2, rest.size()) : rest;
      var name = object.size() > 1 ? object.get(1) : "";
      var isNamespace = kind.getFirst().equals(NAMESPACES);
      return new ObjectPath(
          group, String.join("/", kind), namespaced ? rest.get(1) : isNamespace ? name : "", name);
    }
  }

  private GkeEvents() {}
}
