// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Setting;
import dev.credence.hooks.Step;
import dev.credence.hooks.Web;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/// The API of [Rest], by the requests of the settings.
final class RestApi implements AutoCloseable {
  private final Inputs inputs;
  private final Web web;
  private final boolean isJson;

  /// An entry of the list.
  record Item(String id, String tag) {}

  RestApi(Inputs inputs) {
    this.inputs = inputs;
    web = Web.of(inputs, "The API", inputs.get(Setting.HOST), inputs.number(Rest.PORT));
    isJson =
        switch (inputs.get(Rest.TYPE)) {
          case "application/json" -> true;
          case "application/x-www-form-urlencoded" -> false;
          default ->
              throw new Failure(
                  Kind.Usage,
                  "HOOK_CONTENT_TYPE must be application/json or"
                      + " application/x-www-form-urlencoded.");
        };
  }

  /// `id` replaces the placeholder `{id}`.
  Web.Answer send(Step step, String id) {
    return send(Rest.request(step), inputs.find(Rest.body(step)).orElse(""), id, header(step));
  }

  private static Setting header(Step step) {
    return step == Step.verify ? Rest.VALUE_HEADER : Rest.ADMIN_HEADER;
  }

  private Web.Answer send(Setting setting, String body, String id, Setting header) {
    var line = inputs.get(setting).split(" ", 2);
    if (line.length != 2 || !line[0].matches("[A-Z]+") || !line[1].startsWith("/")) {
      throw new Failure(
          Kind.Usage, setting.name() + " must be a method and a path, such as POST /tokens.");
    }
    var template = new RestTemplate(inputs, id);
    var headers = new HashMap<String, String>();
    var field = inputs.get(header).split(": *", 2);
    if (field.length != 2 || !field[0].matches("[A-Za-z0-9-]+")) {
      throw new Failure(
          Kind.Usage, header.name() + " must be a header, such as Authorization: Bearer {…}.");
    }
    headers.put(field[0], template.filled(field[1], UnaryOperator.identity()));
    headers.put("Accept", "application/json");
    if (!body.isEmpty()) {
      headers.put("Content-Type", inputs.get(Rest.TYPE));
    }
    var filled = template.filled(body, isJson ? RestApi::escaped : Web::encoded);
    if (isJson && !filled.isEmpty()) {
      checkJson(filled, setting);
    }
    return web.send(line[0], template.path(line[1]), headers, filled);
  }

  private static String escaped(String text) {
    var quoted = Web.JSON.getNodeFactory().textNode(text).toString();
    return quoted.substring(1, quoted.length() - 1);
  }

  private static void checkJson(String body, Setting setting) {
    try {
      Web.JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new Failure(Kind.Usage, setting.name() + "_BODY is no JSON.");
    }
  }

  /// What has the tag of the Secret.
  List<Item> list() {
    if (inputs.get(Rest.LIST).equals("none")) {
      return List.of();
    }
    var answer = send(Rest.LIST, "", "", Rest.ADMIN_HEADER);
    check(answer, Rest.LIST.name());
    var items = answer.json().at(Rest.pointer(inputs, Rest.LIST_ITEMS));
    if (!items.isArray()) {
      throw new Failure(
          Kind.Usage, "HOOK_LIST_POINTER points to no list in the answer of the API.");
    }
    return items
        .valueStream()
        .map(
            item ->
                new Item(
                    item.at(Rest.pointer(inputs, Rest.LIST_ID)).asText(),
                    item.at(Rest.pointer(inputs, Rest.LIST_TAG)).asText()))
        .filter(item -> item.tag.startsWith(inputs.tagOfSecret() + " v"))
        .toList();
  }

  /// What is gone is revoked.
  void revoke(String id) {
    var answer = send(Step.revoke, id);
    if (answer.status() != 404 && answer.status() != 410) {
      check(answer, Step.revoke);
    }
  }

  void check(Web.Answer answer, Step step) {
    check(answer, Rest.request(step).name());
  }

  private void check(Web.Answer answer, String request) {
    if (answer.isSuccess()) {
      return;
    }
    var asked = "The API answers %s with status %d.".formatted(request, answer.status());
    throw switch (answer.status()) {
      case 401 ->
          new Failure(
              Kind.Denied,
              asked
                  + " It rejects the administrative account. Correct the Secret in "
                  + inputs.get(Setting.ADMIN_DIR)
                  + ".");
      case 403 ->
          new Failure(
              Kind.Denied, asked + " Give the administrative account the right for this request.");
      case 301, 302, 303, 307, 308 ->
          new Failure(
              Kind.Failed, asked + " Redirects are not followed: state the final host and path.");
      default -> new Failure(answer.isUnavailable() ? Kind.Unavailable : Kind.Failed, asked);
    };
  }

  @Override
  public void close() {
    web.close();
  }
}
