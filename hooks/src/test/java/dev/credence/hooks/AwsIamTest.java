// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.credence.hooks.Failure.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

class AwsIamTest extends IssueContract {
  private static final Set<String> ACTIONS =
      Set.of(
          "CreateAccessKey",
          "DeleteAccessKey",
          "UpdateAccessKey",
          "ListAccessKeys",
          "GetAccessKeyLastUsed",
          "ListUserTags",
          "TagUser",
          "UntagUser");

  private final AwsStub aws = new AwsStub();
  private final HttpClient client = HttpClient.newHttpClient();
  private AwsStub.Key admin;

  @BeforeAll
  void start() {
    admin = aws.administrator("credence", ACTIONS);
  }

  @AfterAll
  void stop() {
    client.close();
    aws.close();
  }

  @Override
  String system() {
    return "aws-iam";
  }

  @Override
  Stub provider() {
    return aws;
  }

  @Override
  Map<String, String> settings(String uid) {
    aws.user(user(uid));
    return Map.of("HOOK_USERNAME", user(uid), "HOOK_STS_HOST", "127.0.0.1");
  }

  @Override
  Map<String, String> admin() {
    return secret(admin);
  }

  @Override
  Map<String, String> wrongAdmin() {
    return Map.of("access-key-id", admin.id, "secret-access-key", "canary-of-nobody");
  }

  private static Map<String, String> secret(AwsStub.Key key) {
    return Map.of("access-key-id", key.id, "secret-access-key", key.secret);
  }

  @Override
  String key() {
    return "secret-access-key";
  }

  @Override
  String idKey() {
    return "access-key-id";
  }

  @Override
  boolean opens(Map<String, String> value) throws Exception {
    var url = URI.create("http://127.0.0.1:%d/".formatted(aws.port()));
    var body = "Action=GetCallerIdentity&Version=2011-06-15";
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                to ->
                    to.request(SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(url).build())
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .identity(
                            AwsCredentialsIdentity.create(value.get(idKey()), value.get(key())))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"));
    var request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body));
    signed
        .request()
        .forEachHeader(
            (name, values) -> {
              if (!name.equals("Host")) {
                request.header(name, values.getFirst());
              }
            });
    return client.send(request.build(), BodyHandlers.discarding()).statusCode() == 200;
  }

  @Override
  void overwrite(Map<String, String> value) {
    for (var user : Set.copyOf(aws.names())) {
      aws.delete(user, value.get(idKey()));
    }
  }

  @Override
  int valid(String uid) {
    return (int) aws.active(user(uid));
  }

  @Override
  void forgetUse() {
    aws.forgetUse();
  }

  @Override
  boolean isAcceptedAtOnce() {
    return false;
  }

  private static String user(String uid) {
    return "crm-" + uid;
  }

  /// AWS General Reference, "Signing AWS requests with Signature Version 4": its example. What the
  /// stub checks is what AWS checks.
  @Test
  void the_stub_checks_the_signature_of_the_documented_example() {
    var headers = new Headers();
    headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    headers.set("Host", "iam.amazonaws.com");
    headers.set("X-Amz-Date", "20150830T123600Z");
    var request =
        new Stub.Request("GET", "/", "/", "Action=ListUsers&Version=2010-05-08", headers, "");
    var signed =
        SigV4.of(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    assertThat(signed.isBy("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", request)).isTrue();
    assertThat(signed.isBy("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ", request)).isFalse();
  }

  @Test
  void a_suspended_key_is_inactive_until_it_is_resumed() throws Exception {
    try (var issued = new Issued(Map.of())) {
      var credential = issued.credential;
      issued.rotate();
      issued.rotate();
      credential.each(Step.suspend);
      credential.each(Step.suspend);
      assertThat(opens(credential.current())).isFalse();
      assertThat(opens(credential.previous())).isFalse();
      credential.fails(Step.probe, Kind.Rejected);
      credential.each(Step.resume);
      credential.each(Step.resume);
      assertThat(opens(credential.current())).isTrue();
      assertThat(opens(credential.previous())).isTrue();
      credential.succeeds(Step.probe);
    }
  }

  @Test
  void a_key_of_somebody_else_is_named_and_not_deleted() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.rotate();
      var other = aws.key(aws.user(user(issued.uid)));
      assertThat(opens(Map.of(idKey(), other.id, key(), other.secret))).isTrue();
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Failed).line())
          .contains("has two access keys", "not used: " + other.id);
      assertThat(issued.valid()).isEqualTo(2);
    }
  }

  @Test
  void the_user_of_another_secret_is_left_alone() throws Exception {
    try (var issued = new Issued(Map.of());
        var second = new Issued(Map.of("HOOK_USERNAME", user(issued.uid)))) {
      issued.rotate();
      second.credential.stage();
      second.admit();
      assertThat(second.credential.fails(Step.issue, Kind.Usage).line())
          .contains("belongs to another Secret: credence " + issued.uid + " crm-db v1");
      assertThat(issued.valid()).isEqualTo(1);
      issued.credential.succeeds(Step.revoke);
      assertThat(aws.user(user(issued.uid)).tags).isEmpty();
    }
  }

  @Test
  void a_key_that_aws_never_accepts_is_rejected_at_the_deadline() throws Exception {
    try (var issued = new Issued(Map.of("HOOK_PROPAGATION_TIMEOUT", "1"))) {
      issued.credential.stage();
      issued.issue();
      aws.forget(issued.credential.pending().get(idKey()));
      assertThat(issued.credential.fails(Step.verify, Kind.Rejected).line())
          .contains("AWS rejects access key AKIA", "InvalidClientTokenId");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CreateAccessKey,issue",
    "ListAccessKeys,issue",
    "ListUserTags,issue",
    "TagUser,issue",
    "GetAccessKeyLastUsed,issue",
    "DeleteAccessKey,revoke",
    "UpdateAccessKey,suspend",
  })
  void a_missing_permission_is_named(String action, Step step) throws Exception {
    try (var issued = new Issued(Map.of())) {
      if (!action.equals("TagUser")) {
        issued.rotate();
      }
      issued.credential.stage();
      issued.admit();
      if (action.equals("GetAccessKeyLastUsed")) {
        aws.key(aws.user(user(issued.uid)));
      }
      var less = new HashSet<>(ACTIONS);
      less.remove(action);
      issued.credential.setAdmin(secret(aws.administrator("less-" + action, less)));
      assertThat(issued.credential.fails(step, Kind.Denied).line())
          .contains("Allow iam:" + action + " on user " + user(issued.uid));
    }
  }

  @Test
  void a_user_that_does_not_exist_is_told() throws Exception {
    try (var issued = new Issued(Map.of("HOOK_USERNAME", "nobody"))) {
      issued.credential.stage();
      issued.admit();
      assertThat(issued.credential.fails(Step.issue, Kind.Failed).line())
          .contains("IAM user nobody does not exist");
    }
  }

  @Test
  void an_overloaded_service_is_unavailable() throws Exception {
    try (var issued = new Issued(Map.of())) {
      issued.credential.stage();
      issued.admit();
      aws.throttleOnce();
      assertThat(issued.credential.fails(Step.issue, Kind.Unavailable).line())
          .contains("Throttling");
    }
  }
}
