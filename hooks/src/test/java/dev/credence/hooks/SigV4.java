// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// How AWS checks a signature: AWS General Reference, "Signing AWS requests with Signature Version
/// 4". Independent of the signer that the hook uses.
///
/// @param keyId in `Credential=`
/// @param scope date, region, service and `aws4_request`
record SigV4(String keyId, String scope, String signedHeaders, String signature) {

  /// Of the header `Authorization`.
  static SigV4 of(String authorization) {
    var fields =
        Stream.of(authorization.replaceFirst("AWS4-HMAC-SHA256 ", "").split(", *", -1))
            .map(field -> field.split("=", 2))
            .collect(Collectors.toMap(field -> field[0], field -> field[1]));
    var credential = fields.get("Credential").split("/", 2);
    return new SigV4(
        credential[0], credential[1], fields.get("SignedHeaders"), fields.get("Signature"));
  }

  String service() {
    return scope.split("/", -1)[2];
  }

  boolean isBy(String secret, Stub.Request request) {
    var query = Stream.of(request.query().split("&", -1)).sorted().collect(Collectors.joining("&"));
    var headers =
        Stream.of(signedHeaders.split(";", -1))
            .map(name -> name + ":" + request.header(name).orElse("").strip() + "\n")
            .collect(Collectors.joining());
    var canonical =
        String.join(
            "\n",
            request.method(),
            request.rawPath(),
            query,
            headers,
            signedHeaders,
            hex(hash(request.body())));
    var text =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            request.header("X-Amz-Date").orElse(""),
            scope,
            hex(hash(canonical)));
    var key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (var part : Arrays.asList(scope.split("/", -1))) {
      key = keyed(key, part);
    }
    return hex(keyed(key, text)).equals(signature);
  }

  private static byte[] keyed(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
