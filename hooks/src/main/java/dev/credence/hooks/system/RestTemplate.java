// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks.system;

import dev.credence.hooks.Failure;
import dev.credence.hooks.Failure.Kind;
import dev.credence.hooks.Inputs;
import dev.credence.hooks.Login;
import dev.credence.hooks.Web;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Replaces placeholders. An unknown one is a mistake in the settings.
record RestTemplate(Inputs inputs, String id) {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{([a-z]+(?:[:-][A-Za-z0-9._-]+)?)}");

  /// A path with its query. Servers and proxies log it, so it contains no secret.
  String path(String template) {
    var matcher = PLACEHOLDER.matcher(template);
    while (matcher.find()) {
      var parts = matcher.group(1).split(":", 2);
      var isSecret =
          parts[0].endsWith("-basic")
              || List.of("value", "admin").contains(parts[0])
                  && !inputs.isName(parts.length == 2 ? parts[1] : "");
      if (isSecret) {
        throw new Failure(
            Kind.Usage,
            "{%s} is in a path, which servers log. Use it in a header or in a body."
                .formatted(matcher.group(1)));
      }
    }
    return filled(template, Web::encoded);
  }

  /// `escape` makes a text one that the place of the placeholder allows.
  String filled(String template, UnaryOperator<String> escape) {
    var filled = new StringBuilder();
    var matcher = PLACEHOLDER.matcher(template);
    var from = 0;
    while (matcher.find()) {
      filled.append(template, from, matcher.start()).append(escape.apply(text(matcher.group(1))));
      from = matcher.end();
    }
    return filled.append(template.substring(from)).toString();
  }

  private String text(String name) {
    var parts = name.split(":", 2);
    return switch (parts[0]) {
      case "tag" -> inputs.tag();
      case "secret-tag" -> inputs.tagOfSecret();
      case "version" -> inputs.version();
      case "id" -> Optional.of(id).filter(text -> !text.isEmpty()).orElseThrow(RestTemplate::noId);
      case "value" -> inputs.requiredValue(parts.length == 2 ? parts[1] : "");
      case "admin" -> inputs.requiredAdmin(parts.length == 2 ? parts[1] : "");
      case "admin-basic" -> basic(inputs.adminLogin());
      case "value-basic" -> basic(inputs.login());
      default ->
          throw new Failure(
              Kind.Usage,
              "There is no placeholder {%s}. The placeholders are {tag}, {secret-tag}, {version}, {id}, {value:KEY}, {admin:KEY}, {value-basic} and {admin-basic}."
                  .formatted(name));
    };
  }

  private String basic(Login login) {
    var text = login.basic();
    inputs.withhold(text);
    return text;
  }

  private static Failure noId() {
    return new Failure(Kind.Usage, "The placeholder {id} requires a key with issued and id: true.");
  }
}
