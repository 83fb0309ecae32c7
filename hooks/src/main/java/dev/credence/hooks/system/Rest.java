// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.credence.hooks.Capabilities;
import dev.credence.hooks.Driver;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Issuer;
import dev.credence.hooks.Recipe;
import dev.credence.hooks.Recipe.AccountType;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Any other API over HTTPS: the settings have a request for each step, with placeholders. Requests
/// go to `HOOK_HOST` and to no other host.
public final class Rest implements Driver, Issuer {
  static final Setting PORT = Setting.port(443);
  static final Setting ADMIN_HEADER =
      new Setting(
          "HOOK_ADMIN_HEADER",
          "Authorization: Bearer {admin:token}",
          "Header of each request, except those of `verify` and `probe`");
  static final Setting VALUE_HEADER =
      new Setting(
          "HOOK_VALUE_HEADER",
          "Authorization: Bearer {value:token}",
          "Header of the request of `verify` and `probe`");
  static final Setting TYPE =
      new Setting(
          "HOOK_CONTENT_TYPE",
          "application/json",
          "Type of the bodies: `application/json` or `application/x-www-form-urlencoded`");
  private static final Setting VALUE =
      new Setting(
          "HOOK_VALUE_POINTER", "/token", "JSON pointer to the value in the answer to `issue`");
  private static final Setting ID =
      new Setting("HOOK_ID_POINTER", "/id", "JSON pointer to the ID of the value in that answer");
  static final Setting LIST =
      new Setting(
          "HOOK_LIST",
          "",
          "Request that lists what is issued, such as `GET /tokens?name={secret-tag}`; all on one"
              + " page. `none` if what is issued cannot be listed and expires soon");
  static final Setting LIST_ITEMS =
      new Setting("HOOK_LIST_POINTER", "", "JSON pointer to the list in the answer to `HOOK_LIST`");
  static final Setting LIST_ID =
      new Setting("HOOK_LIST_ID_POINTER", "/id", "JSON pointer to the ID in an entry of the list");
  static final Setting LIST_TAG =
      new Setting(
          "HOOK_LIST_TAG_POINTER", "/name", "JSON pointer to the tag in an entry of the list");

  private static final Setting ISSUE = request(Step.issue, "`POST /tokens`");
  private static final Setting VERIFY =
      request(Step.verify, "`GET /self`, with `HOOK_VALUE_HEADER`");
  private static final Setting REVOKE = request(Step.revoke, "`DELETE /tokens/{id}`");
  private static final List<Setting> REQUESTS =
      List.of(
          ISSUE,
          request(Step.apply, "`PUT /accounts/{value:username}/password`"),
          VERIFY,
          REVOKE,
          request(Step.suspend, "`POST /tokens/{id}/lock`"),
          request(Step.resume, "`POST /tokens/{id}/unlock`"));

  @Override
  public String name() {
    return "rest";
  }

  @Override
  public String title() {
    return "REST API";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        EnumSet.allOf(Step.class),
        "as the API allows",
        "`HOOK_SUSPEND`",
        "as the API decides",
        "in the body of a request over TLS, or issued by the API",
        "what the requests require",
        "a small server with tokens and locks");
  }

  @Override
  public List<Setting> settings() {
    var settings = new ArrayList<>(List.of(PORT));
    settings.addAll(REQUESTS);
    settings.add(
        new Setting(
            "HOOK_<STEP>_BODY", "", "Body of the request of a step, such as `HOOK_ISSUE_BODY`"));
    settings.addAll(
        List.of(TYPE, ADMIN_HEADER, VALUE_HEADER, VALUE, ID, LIST, LIST_ITEMS, LIST_ID, LIST_TAG));
    return List.copyOf(settings);
  }

  /// For a value that the API issues. The requests that are not required add their steps.
  @Override
  public Recipe recipe() {
    return Recipe.ofIssuedToken(AccountType.API, ISSUE, VERIFY, REVOKE, LIST);
  }

  private static Setting request(Step step, String example) {
    return new Setting(
        "HOOK_" + step.name().toUpperCase(Locale.ROOT),
        "",
        "Request of `%s`, such as %s".formatted(step, example));
  }

  static Setting request(Step step) {
    return request(step, "");
  }

  static Setting body(Step step) {
    return new Setting(request(step).name() + "_BODY", "", "");
  }

  @Override
  public String issue(Inputs inputs) throws Exception {
    return Issuer.run(this, inputs);
  }

  @Override
  public void clear(Inputs inputs) {
    try (var api = new RestApi(inputs)) {
      var inUse = inputs.inUse(inputs.issuedIdKey());
      for (var item : api.list()) {
        if (!inUse.contains(item.id())) {
          api.revoke(item.id());
        }
      }
    }
  }

  @Override
  public Issued create(Inputs inputs) {
    try (var api = new RestApi(inputs)) {
      var answer = api.send(Step.issue, "");
      api.check(answer, Step.issue);
      var value = found(answer.json(), pointer(inputs, VALUE), VALUE);
      inputs.withhold(value);
      var id = found(answer.json(), pointer(inputs, ID), ID);
      return new Issued("Value " + id, Map.of(inputs.issuedKey(), value, inputs.issuedIdKey(), id));
    }
  }

  @Override
  public void discard(Inputs inputs, Issued issued) {
    try (var api = new RestApi(inputs)) {
      api.revoke(issued.keys().getOrDefault(inputs.issuedIdKey(), ""));
    }
  }

  @Override
  public String apply(Inputs inputs) {
    return send(inputs, Step.apply, "The API has the value of version %s.");
  }

  @Override
  public String verify(Inputs inputs) {
    try (var api = new RestApi(inputs)) {
      var answer = api.send(Step.verify, "");
      if (answer.status() == 401 || answer.status() == 403) {
        throw new Failure(
            Kind.Rejected,
            "The API rejects the value of version %s with status %d."
                .formatted(inputs.version(), answer.status()));
      }
      api.check(answer, Step.verify);
      return "The API accepts the value of version %s.".formatted(inputs.version());
    }
  }

  @Override
  public String revoke(Inputs inputs) {
    try (var api = new RestApi(inputs)) {
      if (!inputs.isIssued()) {
        api.revoke("");
        return "Version %s is revoked.".formatted(inputs.version());
      }
      var id = inputs.value(inputs.issuedIdKey());
      if (id.isPresent()) {
        api.revoke(id.get());
        return "Value %s is revoked.".formatted(id.get());
      }
      var left = api.list().stream().filter(item -> item.tag().equals(inputs.tag())).toList();
      left.forEach(item -> api.revoke(item.id()));
      return "%d values of version %s are revoked.".formatted(left.size(), inputs.version());
    }
  }

  @Override
  public String suspend(Inputs inputs) {
    return send(inputs, Step.suspend, "The value of version %s is locked.");
  }

  @Override
  public String resume(Inputs inputs) {
    return send(inputs, Step.resume, "The value of version %s is unlocked.");
  }

  private static String send(Inputs inputs, Step step, String done) {
    try (var api = new RestApi(inputs)) {
      var id = inputs.isIssued() ? inputs.requiredValue(inputs.issuedIdKey()) : "";
      api.check(api.send(step, id), step);
      return done.formatted(inputs.version());
    }
  }

  static JsonPointer pointer(Inputs inputs, Setting setting) {
    try {
      return JsonPointer.compile(inputs.find(setting).orElse(""));
    } catch (IllegalArgumentException e) {
      throw new Failure(Kind.Usage, setting.name() + " is no JSON pointer, such as /data/token.");
    }
  }

  private static String found(JsonNode json, JsonPointer pointer, Setting setting) {
    var text = json.at(pointer).asText();
    if (text.isEmpty()) {
      throw new Failure(
          Kind.Usage, setting.name() + " points to nothing in the answer of the API.");
    }
    return text;
  }
}
