// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.request;

import com.fasterxml.jackson.core.JacksonException;
import dev.credence.facts.object.FailedWrite.Cause;
import dev.credence.facts.object.ObjectRef;
import dev.credence.facts.text.InvisibleCharacters;
import dev.credence.facts.text.Truncation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The API server did not do what it was asked. The message is a sentence for the status: what was
/// refused and why, without any of the bytes that were sent.
public final class WriteRefused extends RuntimeException {
  private static final int LONGEST = 401;

  /// Shorter texts are user names and the like, which messages rightly repeat.
  private static final int SHORTEST_SECRET = 8;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;
  private static final int UNAVAILABLE = 503;

  private final ObjectRef subject;
  private final Cause cause;
  private final Optional<Instant> until;
  private final boolean isSoon;

  private WriteRefused(ObjectRef subject, Cause cause, String message) {
    this(subject, cause, message, Optional.empty(), false);
  }

  private WriteRefused(
      ObjectRef subject, Cause cause, String message, Optional<Instant> until, boolean isSoon) {
    super(message, null, false, false);
    this.subject = subject;
    this.cause = cause;
    this.until = until;
    this.isSoon = isSoon;
  }

  public ObjectRef subject() {
    return subject;
  }

  /// When it is tried again, where that is known.
  public Optional<Instant> until() {
    return until;
  }

  /// Why, for the decision.
  public Cause why() {
    return cause;
  }

  /// The same of an action that it stopped: where the anchor of a token cannot be made, the token
  /// cannot be.
  public WriteRefused stopping(ObjectRef other) {
    return new WriteRefused(
        other, cause, Optional.ofNullable(getMessage()).orElse(""), until, isSoon);
  }

  /// Whatever an action failed of, as what happened to this action alone. Empty where the API
  /// server cannot be asked anything now.
  ///
  /// Of an unexpected exception the message shows the type alone: its own text may quote a value.
  public static Optional<WriteRefused> of(ObjectRef subject, Throwable fault) {
    return switch (fault) {
      case WriteRefused refusal -> Optional.of(refusal);
      case KubernetesClientException answer -> of(subject, answer);
      default ->
          Optional.of(
              of(
                  subject,
                  "The operator failed to write it ("
                      + fault.getClass().getSimpleName()
                      + "). This is an error of the operator; its log contains the details."));
    };
  }

  private static Optional<WriteRefused> of(ObjectRef subject, KubernetesClientException answer) {
    var code = answer.getCode();
    if (code == NOT_FOUND || code == CONFLICT) {
      return Optional.of(raced(subject));
    }
    if (code < 400 || code == TOO_MANY_REQUESTS || code == UNAVAILABLE) {
      return Optional.empty();
    }
    var status = answer.getStatus();
    var stated = status == null || status.getMessage() == null ? "" : ": " + status.getMessage();
    var message = subject + ": The API server answered " + code + oneLine(stated);
    return Optional.of(
        new WriteRefused(
            subject, code < SERVER_ERRORS ? Cause.Refused : Cause.Unanswered, message));
  }

  /// The same, to be shown: it has gone on for too long.
  public WriteRefused lasting() {
    return new WriteRefused(subject, Cause.Refused, Optional.ofNullable(getMessage()).orElse(""));
  }

  public static WriteRefused raced(ObjectRef subject) {
    return new WriteRefused(subject, Cause.Raced, subject + " was changed by another writer");
  }

  public static WriteRefused of(ObjectRef subject, String message) {
    return new WriteRefused(subject, Cause.Refused, subject + ": " + message);
  }

  /// A PodDisruptionBudget lets the pod not go now.
  public static WriteRefused held(ObjectRef pod, String stated) {
    return new WriteRefused(
        pod, Cause.Held, pod + ": A PodDisruptionBudget prevents the eviction: " + oneLine(stated));
  }

  /// It waits for something of the operator itself, and is tried again when that is there.
  public static WriteRefused waiting(ObjectRef subject, String what) {
    return new WriteRefused(subject, Cause.Held, subject + ": " + what, Optional.empty(), true);
  }

  /// Whether it is tried again as soon as something of the operator itself is there.
  public boolean isSoon() {
    return isSoon;
  }

  /// The operator does only so many writes for a namespace.
  public static WriteRefused limited(ObjectRef subject, String namespace, Instant until) {
    return new WriteRefused(
        subject,
        Cause.Limited,
        "The operator pauses its writes for namespace "
            + namespace
            + " until "
            + until
            + ", since the objects of the namespace change too often. Suspensions and revocations are still carried out. Find the writer in the audit log or in the Events of the namespace.",
        Optional.of(until),
        false);
  }

  public static <T> T asked(ObjectRef subject, String verb, Supplier<T> request) {
    return asked(subject, verb, List.of(), request);
  }

  /// `secrets` are the values in the request, which must not come back in a message.
  public static <T> T asked(
      ObjectRef subject, String verb, Collection<byte[]> secrets, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException answer) {
      throw translated(subject, verb, secrets, answer);
    }
  }

  private static RuntimeException translated(
      ObjectRef subject,
      String verb,
      Collection<byte[]> secrets,
      KubernetesClientException answer) {
    var code = answer.getCode();
    if (code == NOT_FOUND || (code == CONFLICT && !isOverAField(answer))) {
      return raced(subject);
    }
    if (code < 400
        || code == TOO_MANY_REQUESTS
        || (code >= SERVER_ERRORS && !isAboutTheObject(answer))) {
      // It could not be asked: nothing is wrong with this identity.
      return repeats(answer, secrets)
          ? new KubernetesClientException(verb + " " + subject + ": answer withheld", code, null)
          : answer;
    }
    var status = answer.getStatus();
    var stated = status == null || status.getMessage() == null ? "" : status.getMessage();
    return of(
        subject,
        "The API server rejected the request to "
            + verb
            + " it ("
            + code
            + "): "
            + (mentions(stated, secrets)
                ? "(message withheld: it repeats a value)"
                : oneLine(stated)));
  }

  /// An apply without force met a field of another field manager: a retry does not help.
  private static boolean isOverAField(KubernetesClientException answer) {
    var status = answer.getStatus();
    return status != null
        && status.getDetails() != null
        && status.getDetails().getCauses() != null
        && status.getDetails().getCauses().stream()
            .anyMatch(cause -> "FieldManagerConflict".equals(cause.getReason()));
  }

  /// An object that was stored with a list whose items have no key cannot be applied: the API
  /// server answers 500 (its `structuredmerge` field manager: "failed to convert … to smd typed")
  /// until the owner of the object corrects it. This must not be treated as an outage, or the
  /// identity would wait for the end of it.
  private static boolean isAboutTheObject(KubernetesClientException answer) {
    var status = answer.getStatus();
    return status != null
        && status.getMessage() != null
        && status.getMessage().contains("to smd typed: ");
  }

  /// Parsers quote a text that is no JSON.
  private static boolean repeats(Throwable answer, Collection<byte[]> secrets) {
    return Stream.iterate(answer, link -> link != null, Throwable::getCause)
        .anyMatch(link -> link instanceof JacksonException || mentions(link.toString(), secrets));
  }

  /// Line by line, since a line break arrives as `\n` where a message quotes a value.
  private static boolean mentions(String text, Collection<byte[]> secrets) {
    return secrets.stream()
        .flatMap(
            value ->
                Stream.concat(
                    new String(value, StandardCharsets.UTF_8).lines(),
                    Stream.of(Base64.getEncoder().encodeToString(value))))
        .filter(secret -> secret.length() >= SHORTEST_SECRET)
        .anyMatch(text::contains);
  }

  private static String oneLine(String text) {
    // It may quote what a tenant wrote.
    return Truncation.truncate(InvisibleCharacters.replaced(text, " "), LONGEST);
  }
}
