// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The query API of IAM and STS, with the rules of AWS's documentation.
final class AwsStub extends Stub {
  /// IAM User Guide, "IAM and AWS STS quotas": two access keys for a user.
  private static final int MOST_KEYS = 2;

  /// IAM User Guide, "Troubleshoot IAM", "Changes that I make are not always immediately visible":
  /// the requests with a new key that AWS does not know yet.
  private static final int UNKNOWN = 2;

  /// AWS General Reference, "Signing AWS requests": five minutes around the time of a request.
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Map<String, User> users = new HashMap<>();
  private boolean isThrottled;

  static final class Key {
    final String id =
        "AKIA"
            + UUID.randomUUID()
                .toString()
                .replace("-", "")
                .substring(0, 16)
                .toUpperCase(Locale.ROOT);
    final String secret = "canary/" + UUID.randomUUID() + "+aws";
    boolean isActive = true;
    boolean isUsed;
    int unknown = UNKNOWN;
  }

  static final class User {
    final String name;
    final Set<String> allowed = new HashSet<>();
    final List<Key> keys = new ArrayList<>();
    final Map<String, String> tags = new HashMap<>();

    private User(String name) {
      this.name = name;
    }
  }

  AwsStub() {
    super(Optional.empty());
  }

  synchronized User user(String name) {
    return users.computeIfAbsent(name, User::new);
  }

  /// A user with a key and a policy that allows actions.
  synchronized Key administrator(String name, Set<String> actions) {
    var user = user(name);
    user.allowed.addAll(actions);
    return key(user);
  }

  /// A key that somebody created by hand.
  synchronized Key key(User user) {
    var key = new Key();
    key.unknown = 0;
    user.keys.add(key);
    return key;
  }

  synchronized long active(String name) {
    return user(name).keys.stream().filter(key -> key.isActive).count();
  }

  synchronized void delete(String name, String id) {
    user(name).keys.removeIf(key -> key.id.equals(id));
  }

  synchronized Set<String> names() {
    return Set.copyOf(users.keySet());
  }

  /// AWS reports the use of keys with a delay.
  synchronized void forgetUse() {
    users.values().stream().flatMap(user -> user.keys.stream()).forEach(key -> key.isUsed = false);
  }

  /// AWS never learns that there is this key.
  synchronized void forget(String id) {
    users.values().stream()
        .flatMap(user -> user.keys.stream())
        .filter(key -> key.id.equals(id))
        .forEach(key -> key.unknown = Integer.MAX_VALUE);
  }

  /// The next request gets the answer of an overloaded service.
  synchronized void throttleOnce() {
    isThrottled = true;
  }

  private record Caller(User user, Key key) {}

  @Override
  Response answer(Request request) {
    if (isThrottled) {
      isThrottled = false;
      // IAM API Reference, "Common Errors".
      return error(400, "Throttling", "Rate exceeded");
    }
    var form = Request.decoded(request.body());
    var authorization = request.header("Authorization");
    if (authorization.isEmpty()) {
      return error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    }
    var signed = SigV4.of(authorization.get());
    var caller = caller(signed.keyId());
    // The same page: the key does not exist, is inactive, or is not known yet.
    if (caller.isEmpty() || !isKnown(caller.get().key)) {
      return error(
          403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    }
    if (!signed.isBy(caller.get().key.secret, request) || !isNow(request)) {
      return error(
          403,
          "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided.");
    }
    var action = form.getOrDefault("Action", "");
    if (signed.service().equals("sts")) {
      return action.equals("GetCallerIdentity") && form.get("Version").equals("2011-06-15")
          ? identity(caller.get())
          : error(400, "InvalidAction", "Could not find operation");
    }
    if (!form.getOrDefault("Version", "").equals("2010-05-08")) {
      return error(400, "NoSuchVersion", "The requested version is not valid.");
    }
    // IAM User Guide, "Troubleshoot access denied error messages".
    if (!caller.get().user.allowed.contains(action)) {
      return error(
          403,
          "AccessDenied",
          "User: arn:aws:iam::123456789012:user/%s is not authorized to perform: iam:%s on resource: user %s because no identity-based policy allows the iam:%s action"
              .formatted(caller.get().user.name, action, form.get("UserName"), action));
    }
    return iam(action, form);
  }

  private Optional<Caller> caller(String id) {
    return users.values().stream()
        .flatMap(user -> user.keys.stream().map(key -> new Caller(user, key)))
        .filter(caller -> caller.key.id.equals(id) && caller.key.isActive)
        .findFirst();
  }

  private static boolean isKnown(Key key) {
    if (key.unknown > 0) {
      key.unknown--;
      return false;
    }
    return true;
  }

  private static boolean isNow(Request request) {
    var time = Instant.from(TIME.parse(request.header("X-Amz-Date").orElse("")));
    return Duration.between(time, Instant.now()).abs().compareTo(SKEW) < 0;
  }

  /// STS API Reference, "GetCallerIdentity": requires no permission.
  private static Response identity(Caller caller) {
    caller.key.isUsed = true;
    return new Response(
        200,
        """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::123456789012:user/%s</Arn>
            <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
        </GetCallerIdentityResponse>"""
            .formatted(caller.user.name));
  }

  private Response iam(String action, Map<String, String> form) {
    // IAM API Reference, "GetAccessKeyLastUsed": no user name.
    if (action.equals("GetAccessKeyLastUsed")) {
      return caller(form.get("AccessKeyId"))
          .map(caller -> lastUsed(caller.user, caller.key))
          .orElse(error(404, "NoSuchEntity", "The Access Key does not exist."));
    }
    var user = users.get(form.getOrDefault("UserName", ""));
    if (user == null) {
      return error(
          404,
          "NoSuchEntity",
          "The user with name %s cannot be found.".formatted(form.get("UserName")));
    }
    return switch (action) {
      case "ListAccessKeys" ->
          result(
              action,
              "<AccessKeyMetadata>"
                  + user.keys.stream()
                      .map(
                          key ->
                              "<member><UserName>%s</UserName><AccessKeyId>%s</AccessKeyId><Status>%s</Status></member>"
                                  .formatted(user.name, key.id, status(key)))
                      .collect(Collectors.joining())
                  + "</AccessKeyMetadata><IsTruncated>false</IsTruncated>");
      case "CreateAccessKey" -> create(user);
      case "DeleteAccessKey" ->
          user.keys.removeIf(key -> key.id.equals(form.get("AccessKeyId")))
              ? result(action, "")
              : noKey(form);
      case "UpdateAccessKey" -> update(user, form);
      case "ListUserTags" ->
          result(
              action,
              "<Tags>"
                  + user.tags.entrySet().stream()
                      .map(
                          tag ->
                              "<member><Key>%s</Key><Value>%s</Value></member>"
                                  .formatted(tag.getKey(), tag.getValue()))
                      .collect(Collectors.joining())
                  + "</Tags><IsTruncated>false</IsTruncated>");
      case "TagUser" -> tag(user, form);
      case "UntagUser" -> {
        user.tags.remove(form.get("TagKeys.member.1"));
        yield result(action, "");
      }
      default -> error(400, "InvalidAction", "Could not find operation " + action);
    };
  }

  /// IAM API Reference, "CreateAccessKey": the only answer with the secret. "Common Errors":
  /// LimitExceeded has status 409.
  private static Response create(User user) {
    if (user.keys.size() >= MOST_KEYS) {
      return error(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: " + MOST_KEYS);
    }
    var key = new Key();
    user.keys.add(key);
    return result(
        "CreateAccessKey",
        "<AccessKey><UserName>%s</UserName><AccessKeyId>%s</AccessKeyId><Status>Active</Status><SecretAccessKey>%s</SecretAccessKey></AccessKey>"
            .formatted(user.name, key.id, key.secret));
  }

  /// IAM API Reference, "UpdateAccessKey".
  private static Response update(User user, Map<String, String> form) {
    var status = form.getOrDefault("Status", "");
    if (!Set.of("Active", "Inactive").contains(status)) {
      return error(400, "ValidationError", "Status must be Active or Inactive");
    }
    for (var key : user.keys) {
      if (key.id.equals(form.get("AccessKeyId"))) {
        key.isActive = status.equals("Active");
        return result("UpdateAccessKey", "");
      }
    }
    return noKey(form);
  }

  /// IAM API Reference, "Tag": letters of a value, at most 256.
  private static Response tag(User user, Map<String, String> form) {
    var value = form.getOrDefault("Tags.member.1.Value", "");
    if (value.length() > 256 || !value.matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*")) {
      return error(400, "ValidationError", "Value at 'tags.1.member.value' failed to satisfy");
    }
    user.tags.put(form.get("Tags.member.1.Key"), value);
    return result("TagUser", "");
  }

  /// The same reference, "AccessKeyLastUsed": without a date where the key was never used.
  private static Response lastUsed(User user, Key key) {
    return result(
        "GetAccessKeyLastUsed",
        "<UserName>%s</UserName><AccessKeyLastUsed>%s<ServiceName>%s</ServiceName><Region>N/A</Region></AccessKeyLastUsed>"
            .formatted(
                user.name,
                key.isUsed ? "<LastUsedDate>2026-11-30T10:00:00Z</LastUsedDate>" : "",
                key.isUsed ? "sts" : "N/A"));
  }

  private static String status(Key key) {
    return key.isActive ? "Active" : "Inactive";
  }

  private static Response noKey(Map<String, String> form) {
    return error(
        404,
        "NoSuchEntity",
        "The Access Key with id %s cannot be found.".formatted(form.get("AccessKeyId")));
  }

  private static Response result(String action, String body) {
    return new Response(
        200,
        """
        <%1$sResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><%1$sResult>%2$s</%1$sResult>\
        <ResponseMetadata><RequestId>7a62c49f</RequestId></ResponseMetadata></%1$sResponse>"""
            .formatted(action, body));
  }

  private static Response error(int status, String code, String message) {
    return new Response(
        status,
        """
        <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>\
        <Code>%s</Code><Message>%s</Message></Error><RequestId>7a62c49f</RequestId></ErrorResponse>"""
            .formatted(code, message));
  }
}
