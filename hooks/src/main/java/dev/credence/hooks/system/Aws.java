// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Web;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/// The query API of IAM and of STS, with one access key.
final class Aws implements AutoCloseable {
  static final Setting PORT = Setting.port(443);
  static final Setting REGION =
      new Setting(
          "HOOK_REGION",
          "us-east-1",
          "Region of the signatures. IAM is global: `us-east-1`, in China `cn-north-1`, in GovCloud"
              + " `us-gov-west-1`");
  private static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";

  private final Inputs inputs;
  private final String service;
  private final String apiVersion;
  private final AwsCredentialsIdentity key;
  private final Web web;

  /// What AWS answers to an action.
  record Answer(String action, int status, Optional<Document> document) {

    boolean isSuccess() {
      return status / 100 == 2 && document.isPresent();
    }

    /// The code of an error, such as `NoSuchEntity`.
    String code() {
      return isSuccess() ? "" : text("Code");
    }

    boolean isKeyRejected() {
      return List.of("InvalidClientTokenId", "SignatureDoesNotMatch").contains(code());
    }

    /// The text of the first element of that name.
    String text(String name) {
      return texts(name).stream().findFirst().orElse("");
    }

    List<String> texts(String name) {
      return document
          .map(
              xml -> {
                var nodes = xml.getElementsByTagName(name);
                return IntStream.range(0, nodes.getLength())
                    .mapToObj(nodes::item)
                    .map(node -> node.getTextContent().strip())
                    .toList();
              })
          .orElse(List.of());
    }

    /// Names and values of tags.
    Map<String, String> tags() {
      var tags = new HashMap<String, String>();
      document.ifPresent(
          xml -> {
            var members = xml.getElementsByTagName("member");
            for (var at = 0; at < members.getLength(); at++) {
              if (members.item(at) instanceof Element member) {
                tags.put(text(member, "Key"), text(member, "Value"));
              }
            }
          });
      return tags;
    }

    private static String text(Element member, String name) {
      var nodes = member.getElementsByTagName(name);
      return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent();
    }
  }

  private Aws(
      Inputs inputs, String service, String apiVersion, String host, AwsCredentialsIdentity key) {
    this.inputs = inputs;
    this.service = service;
    this.apiVersion = apiVersion;
    this.key = key;
    web = Web.of(inputs, "AWS", host, inputs.number(PORT));
  }

  static Aws iam(Inputs inputs, String id, String secret) {
    return new Aws(
        inputs,
        "iam",
        "2010-05-08",
        inputs.find(Setting.HOST).orElse("iam.amazonaws.com"),
        AwsCredentialsIdentity.create(id, secret));
  }

  static Aws sts(Inputs inputs, String host, String id, String secret) {
    return new Aws(inputs, "sts", "2011-06-15", host, AwsCredentialsIdentity.create(id, secret));
  }

  /// Runs an action with its parameters. Fails if AWS is overloaded.
  Answer call(String action, Map<String, String> parameters) {
    var form = new TreeMap<>(parameters);
    form.put("Action", action);
    form.put("Version", apiVersion);
    var body =
        form.entrySet().stream()
            .map(field -> Web.encoded(field.getKey()) + "=" + Web.encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    var answered = web.send("POST", "/", signed(body), body);
    var answer = new Answer(action, answered.status(), parsed(answered.body()));
    if (answered.isUnavailable() || answer.code().startsWith("Throttling")) {
      throw new Failure(
          Kind.Unavailable, "AWS cannot be used now: " + answered + " " + answer.code() + ".");
    }
    return answer;
  }

  private Map<String, String> signed(String body) {
    var request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(web.uri("/"))
            .putHeader("Content-Type", FORM)
            .build();
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                to ->
                    to.request(request)
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .identity(key)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, inputs.get(REGION)));
    var headers = new HashMap<String, String>();
    signed.request().forEachHeader((name, values) -> headers.put(name, String.join(",", values)));
    // The client sends it itself, with the same text.
    headers.remove("Host");
    return headers;
  }

  private static Optional<Document> parsed(String body) {
    try {
      var factory = DocumentBuilderFactory.newInstance();
      // No entities: the answer cannot name files or other servers.
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return Optional.of(builder.parse(new InputSource(new StringReader(body))));
    } catch (SAXException | IOException e) {
      return Optional.empty();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java runtime has no XML parser");
    }
  }

  @Override
  public void close() {
    web.close();
  }
}
