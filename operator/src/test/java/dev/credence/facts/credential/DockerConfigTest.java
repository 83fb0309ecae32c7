// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {
  private static final List<KeySpec> KEYS =
      List.of(
          new KeySpec("username", new Generator.Fixed("crm")),
          new KeySpec("quoted", new Generator.Fixed("the \"crm\"")),
          new KeySpec("accounts", new Generator.Cycle(List.of("blue", "gr\\een"))),
          new KeySpec("password", new Generator.Password(32, Characters.Symbols)),
          new KeySpec("raw", new Generator.RandomBytes(32, Encoding.Raw)),
          new KeySpec("auth", new Generator.Template("{username}:{password}")),
          new KeySpec("odd", new Generator.Template("{quoted}:{password}")),
          new KeySpec(
              "pair",
              new Generator.KeyPair(
                  Algorithm.Ed25519, Optional.empty(), Format.OpenSSH, Optional.of("half"))));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{\"auths\":{{\"ghcr.io\":{{\"username\":\"{username}\",\"password\":\"{password}\",\"auth\":\"{auth|base64}\"}}}}}}",
        "{{\"a\":\"{quoted|json}{accounts|json}{pair|json}{half|json}{odd|json}{raw|base64}\"}}",
        "{{}}"
      })
  void a_template_that_gives_json_is_accepted(String template) {
    assertThat(problem(template)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{username}|see character 1; `{{` and `}}` are braces",
        "{{\"a\":\"{quoted}\"}}|{quoted} can contain characters that end a JSON string, such as a line break or `\"`; write {quoted#json}",
        "{{\"a\":\"{accounts}\"}}|{accounts} can contain characters that end a JSON string, such as a line break or `\"`; write {accounts#json}",
        "{{\"a\":\"{half}\"}}|{half} can contain characters that end a JSON string, such as a line break or `\"`; write {half#json}",
        "{{\"a\":\"{odd}\"}}|{odd} can contain characters that end a JSON string, such as a line break or `\"`; write {odd#json}",
        "{{\"a\":\"{username}\",}}|see character 20; `{{` and `}}` are braces",
        "{{\"a\":\"{username}\"|it ends too early; `{{` and `}}` are braces",
        "{{\"a\":\"{password#url}\"}} x|see character 26; `{{` and `}}` are braces"
      })
  void one_that_gives_none_says_where(String template, String cause) {
    assertThat(problem(template.replace('#', '|')))
        .contains(
            "template .dockerconfigjson does not render to a JSON object: "
                + cause.replace('#', '|'));
  }

  @Test
  void the_key_must_be_a_template() {
    assertThat(DockerConfig.problem(KEYS)).isPresent();
    assertThat(
            DockerConfig.problem(
                List.of(new KeySpec(".dockerconfigjson", new Generator.Fixed("{}")))))
        .contains(
            "a Secret of type kubernetes.io/dockerconfigjson requires a key .dockerconfigjson with a `template` that renders to JSON");
  }

  private static Optional<String> problem(String template) {
    var keys = new ArrayList<>(KEYS);
    keys.add(new KeySpec(".dockerconfigjson", new Generator.Template(template)));
    assertThat(Templates.problem(keys)).isEmpty();
    return DockerConfig.problem(keys);
  }
}
