// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// The ID by which audit events of the API server name a token: `JTI=` and its claim `jti`
/// (KEP-4193). It opens nothing.
final class TokenId {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /// Empty where the token is not a JSON Web Token with this claim.
  static Optional<String> of(String token) {
    var parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(Base64.getUrlDecoder().decode(parts[1])))
          .map(claims -> claims.path("jti"))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue)
          .filter(id -> ID.matcher(id).matches())
          .map(id -> "JTI=" + id);
    } catch (IOException | IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private TokenId() {}
}
