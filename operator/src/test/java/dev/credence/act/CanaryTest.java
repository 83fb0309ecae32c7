// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.credence.facts.credential.GeneratedContent;
import dev.credence.facts.credential.Generator.Algorithm;
import dev.credence.facts.credential.Generator.Characters;
import dev.credence.facts.credential.Generator.Encoding;
import dev.credence.facts.credential.Generator.Format;
import dev.credence.facts.credential.Generator.KeyPair;
import dev.credence.facts.credential.Generator.Password;
import dev.credence.facts.credential.Generator.RandomBytes;
import dev.credence.facts.credential.Generator.Template;
import dev.credence.facts.credential.Generator.Uuid;
import dev.credence.facts.credential.KeySpec;
import dev.credence.plan.Action;
import dev.credence.testing.FakeApi;
import dev.credence.testing.FakeApi.Answer;
import dev.credence.testing.FakeApi.Asked;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whatever an API server (or a webhook behind it) answers to a Secret: no value that was made, and
/// none that was there before, is in an exception, in what is remembered, or in the log.
@Isolated("it replaces what the whole JVM shares")
class CanaryTest {
  private static final GeneratedContent EVERY_KIND =
      new GeneratedContent(
          List.of(
              new KeySpec("password", new Password(8, Characters.Symbols)),
              new KeySpec("hex", new RandomBytes(8, Encoding.Hex)),
              new KeySpec("raw", new RandomBytes(8, Encoding.Raw)),
              new KeySpec("uuid", new Uuid()),
              new KeySpec("url", new Template("https://{password}@example.com")),
              new KeySpec(
                  "key",
                  new KeyPair(
                      Algorithm.Ed25519, Optional.empty(), Format.PKCS8, Optional.of("key.pub")))));

  private static final LoggerContext LOGS = (LoggerContext) LoggerFactory.getILoggerFactory();

  @AutoClose private final Acting acting = new Acting();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final ch.qos.logback.classic.Logger ours = LOGS.getLogger("dev.credence");
  private final List<String> values = new ArrayList<>();

  enum Answering {
    AsAsked(request -> new Answer(201, request.body())),
    AlreadyExists(request -> new Answer(409, FakeApi.status(409, request.body()))),
    Forbidden(request -> new Answer(403, FakeApi.status(403, request.body()))),
    ForbiddenQuoting(request -> new Answer(403, FakeApi.status(403, decoded(request)))),
    Invalid(request -> new Answer(422, FakeApi.status(422, request.json().path("data") + ""))),
    TooManyRequests(request -> new Answer(429, FakeApi.status(429, request.body()))),
    WebhookFailed(request -> new Answer(500, FakeApi.status(500, request.body()))),
    WebhookFailedQuoting(request -> new Answer(500, FakeApi.status(500, decoded(request)))),
    PlainText(request -> new Answer(502, "<html>you sent " + request.body())),
    NotJson(request -> new Answer(200, "you sent " + request.body())),
    CutOff(request -> new Answer(200, request.body().substring(0, request.body().length() - 20))),
    OfAWrongType(request -> new Answer(200, request.body().replace("\"data\":{", "\"data\":[{")));

    private final Function<Asked, Answer> answer;

    Answering(Function<Asked, Answer> answer) {
      this.answer = answer;
    }

    private static String decoded(Asked request) {
      return request.json().path("data").properties().stream()
          .map(entry -> "\"" + Payments.text(entry.getValue().asText()) + "\"")
          .collect(Collectors.joining(", "))
          .replace("\n", "\\n");
    }
  }

  @BeforeEach
  void listen() {
    logged.start();
    LOGS.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(logged);
    ours.setLevel(Level.TRACE);
  }

  @AfterEach
  void listenNoMore() {
    LOGS.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(logged);
    ours.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_a_secret_is_issued(Answering answering) {
    acting.api.then(answering.answer);
    var thrown =
        catchThrowable(
            () ->
                acting.perform(
                    new Action.Issue(
                        Payments.DB,
                        "Opaque",
                        EVERY_KIND,
                        Payments.ADA,
                        Payments.versionInfo(1, Optional.empty()),
                        false)));
    assertThatNothingGotOut(thrown);
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_it_is_rotated(Answering answering) {
    acting.api.answers(Payments.stored().build()).then(answering.answer);
    var rotate =
        new Action.Rotate(
            Payments.DB,
            Payments.JUDGED,
            EVERY_KIND,
            Payments.versionInfo(2, Optional.of(Payments.NEW_YEAR)),
            new Action.Why.OnRequest());
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(rotate)));
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_one_is_retired(Answering answering) {
    acting.api.answers(Payments.stored().build()).then(answering.answer);
    var retire = new Action.Retire(Payments.DB, Payments.JUDGED);
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(retire)));
  }

  @ParameterizedTest
  @EnumSource(names = {"NotJson", "CutOff", "OfAWrongType"})
  void no_value_gets_out_when_it_is_read(Answering answering) {
    var stored = FakeApi.json(Payments.stored().build());
    values.add("the first value");
    values.add(Payments.base64("the first value"));
    acting.api.then(
        request -> answering.answer.apply(new Asked("", "", request.query(), Map.of(), stored)));
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(Payments.rotate())));
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_one_is_staged(Answering answering) {
    acting.api.then(answering.answer);
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(Payments.stage(EVERY_KIND))));
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_a_proven_one_takes_its_place(Answering answering) {
    acting
        .api
        .answers(Payments.staged().build())
        .answers(Payments.stored().build())
        .then(answering.answer);
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(Payments.promote(EVERY_KIND))));
  }

  @ParameterizedTest
  @EnumSource
  void no_value_gets_out_when_one_is_taken_back(Answering answering) {
    acting
        .api
        .answers(
            Payments.stored()
                .addToData("password.previous", Payments.base64("the value before"))
                .build())
        .then(answering.answer);
    var rollback =
        new Action.Rollback(
            Payments.DB, Payments.JUDGED, Payments.versionInfo(3, Payments.A_DAY_LATER));
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(rollback)));
  }

  @ParameterizedTest
  @EnumSource
  void no_token_gets_out_when_its_secret_is_written(Answering answering) {
    acting
        .api
        .answers(Payments.anchor().build())
        .answers(201, Payments.granted("2027-01-01T01:00:00Z"))
        .then(answering.answer);
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(Payments.token(true))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "you get %s", "[%s]", "{\"status\":[%s]}", "{\"status\":%s"})
  void no_token_gets_out_when_it_arrives_as_nobody_expects(String form) {
    values.addAll(List.of(Payments.TOKEN, Payments.base64(Payments.TOKEN)));
    var granted = FakeApi.json(Payments.granted("tomorrow, or " + Payments.NEW_YEAR));
    acting.api.answers(Payments.anchor().build()).answers(201, form.formatted(granted));
    var thrown = catchThrowable(() -> acting.perform(Payments.token(true)));
    assertThat(thrown).isNotNull();
    assertThatNothingGotOut(thrown);
  }

  @ParameterizedTest
  @EnumSource(names = {"NotJson", "CutOff", "OfAWrongType"})
  void no_value_gets_out_when_a_proven_one_is_read(Answering answering) {
    var staged = FakeApi.json(Payments.staged().build());
    values.add("the proven value");
    values.add(Payments.base64("the proven value"));
    acting.api.then(
        request -> answering.answer.apply(new Asked("", "", request.query(), Map.of(), staged)));
    var thrown = catchThrowable(() -> acting.perform(Payments.promote(EVERY_KIND)));
    assertThat(thrown).isNotNull();
    assertThatNothingGotOut(thrown);
  }

  @ParameterizedTest
  @EnumSource(names = {"NotJson", "CutOff", "OfAWrongType"})
  void no_value_gets_out_when_somebody_gives_a_secret_to_us(Answering answering) {
    var stored = FakeApi.json(Payments.stored().build());
    values.add("the first value");
    values.add(Payments.base64("the first value"));
    acting.api.then(
        request -> answering.answer.apply(new Asked("", "", request.query(), Map.of(), stored)));
    var adopt = new Action.Adopt(Payments.DB, Payments.JUDGED, Optional.empty());
    assertThatNothingGotOut(catchThrowable(() -> acting.perform(adopt)));
  }

  private void assertThatNothingGotOut(Throwable thrown) {
    acting.api.asked().stream()
        .filter(asked -> !asked.body().isEmpty())
        .flatMap(asked -> asked.json().path("data").properties().stream())
        .filter(entry -> !entry.getKey().startsWith("username"))
        .map(entry -> entry.getValue().asText())
        .flatMap(base64 -> Stream.concat(Stream.of(base64), Payments.text(base64).lines()))
        // shorter ones are like user names, which messages rightly repeat
        .filter(value -> value.length() >= 8)
        .forEach(values::add);
    assertThat(values).isNotEmpty();
    var out =
        Stream.of(
                Stream.ofNullable(thrown).map(CanaryTest::printed),
                Stream.ofNullable(thrown).map(Throwable::toString),
                acting.memory.wrote.stream().map(HasMetadata::toString),
                logged.list.stream().map(CanaryTest::line))
            .flatMap(texts -> texts)
            .collect(Collectors.joining("\n"));
    assertThat(values).noneMatch(out::contains);
  }

  private static String printed(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static String line(ILoggingEvent event) {
    return event.getFormattedMessage()
        + event.getKeyValuePairs()
        + Optional.ofNullable(event.getThrowableProxy()).map(ThrowableProxyUtil::asString);
  }
}
