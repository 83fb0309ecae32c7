// SPDX-License-Identifier: Apache-2.0
package dev.credence.observe.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.facts.evidence.AuditEvent;
import dev.credence.facts.evidence.Right;
import dev.credence.facts.text.Truncation;
import dev.credence.raw.UntrustedText;
import java.util.Optional;

/// An event of `audit.k8s.io`, at any level. Of a watch both the begin and the end are read:
/// they have the same audit ID and the same time.
final class NativeEvents {
  private static final String CREDENTIAL = "authentication.kubernetes.io/credential-id";
  private static final String ISSUED = "authentication.kubernetes.io/issued-credential-id";
  private static final String DECISION = "authorization.k8s.io/decision";
  private static final int LONGEST = 253;
  private static final int FORBIDDEN = 403;
  private static final int PANIC = 500;

  static boolean is(JsonNode node) {
    return node.path("auditID").isTextual() && node.path("stage").isTextual();
  }

  /// Empty for the begin of a request, whose outcome is not known yet, and for an event
  /// without a time.
  static Optional<AuditEvent> read(JsonNode node) {
    if (node.path("stage").asText().equals("RequestReceived")) {
      return Optional.empty();
    }
    return UntrustedText.time(node.path("requestReceivedTimestamp").textValue())
        .map(
            time ->
                new AuditEvent(
                    text(node.path("auditID")),
                    time,
                    node.path("user").path("username").asText(),
                    right(node),
                    text(node.path("objectRef").path("name")),
                    code(node),
                    last(node.path("sourceIPs")),
                    node.path("userAgent").asText(),
                    present(node.path("user").path("extra").path(CREDENTIAL).path(0)),
                    present(node.path("annotations").path(ISSUED)),
                    present(node.path("impersonatedUser").path("username"))));
  }

  private static Right right(JsonNode node) {
    var verb = text(node.path("verb"));
    var object = node.path("objectRef");
    var resource = text(object.path("resource"));
    if (resource.isEmpty()) {
      return path(verb, node.path("requestURI").asText());
    }
    var subresource = text(object.path("subresource"));
    return new Right(
        verb,
        text(object.path("apiGroup")),
        subresource.isEmpty() ? resource : resource + "/" + subresource,
        text(object.path("namespace")));
  }

  static Right path(String verb, String uri) {
    var end = uri.indexOf('?');
    var path = end < 0 ? uri : uri.substring(0, end);
    return new Right(
        verb, "", Truncation.truncate(path.startsWith("/") ? path : "/" + path, LONGEST), "");
  }

  private static int code(JsonNode node) {
    if (node.path("annotations").path(DECISION).asText().equals("forbid")) {
      return FORBIDDEN;
    }
    var isPanic = node.path("stage").asText().equals("Panic");
    return node.path("responseStatus").path("code").asInt(isPanic ? PANIC : 0);
  }

  private static String last(JsonNode addresses) {
    return addresses.path(addresses.size() - 1).asText();
  }

  private static Optional<String> present(JsonNode node) {
    return Optional.of(text(node)).filter(text -> !text.isEmpty());
  }

  static String text(JsonNode node) {
    return UntrustedText.oneLine(node.asText(""));
  }

  private NativeEvents() {}
}
