package dev.credence.act;

import dev.credence.facts.Setback.Cause;
import dev.credence.facts.Subject;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/// The API server did not do what it was asked. The message is a sentence for the status: what was
/// refused and why, without any of the bytes that were sent.
public final class Refusal extends RuntimeException {
  private static final int LONGEST = 400;

  /// Shorter texts are user names and the like, which messages rightly repeat.
  private static final int SHORTEST_SECRET = 8;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final Subject subject;
  private final Cause cause;

  private Refusal(Subject subject, Cause cause, String message) {
    super(message, null, false, false);
    this.subject = subject;
    this.cause = cause;
  }

  public Subject subject() {
    return subject;
  }

  /// Why, for the decision.
  public Cause why() {
    return cause;
  }

  static Refusal raced(Subject subject) {
    return new Refusal(subject, Cause.Raced, subject + " changed meanwhile");
  }

  static Refusal of(Subject subject, String message) {
    return new Refusal(subject, Cause.Refused, subject + ": " + message);
  }

  static <T> T asked(Subject subject, String verb, Supplier<T> request) {
    return asked(subject, verb, Map.of(), request);
  }

  /// `secrets` are the values in the request, which must not come back in a message.
  static <T> T asked(
      Subject subject, String verb, Map<String, byte[]> secrets, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException answer) {
      throw translated(subject, verb, secrets, answer);
    }
  }

  private static RuntimeException translated(
      Subject subject, String verb, Map<String, byte[]> secrets, KubernetesClientException answer) {
    var code = answer.getCode();
    if (code == CONFLICT || code == NOT_FOUND) {
      return raced(subject);
    }
    if (code < 400 || code == TOO_MANY_REQUESTS || code >= SERVER_ERRORS) {
      // It could not be asked: nothing is wrong with this identity.
      return answer;
    }
    var status = answer.getStatus();
    var said = status == null || status.getMessage() == null ? "" : status.getMessage();
    return of(
        subject,
        "the API server refused to "
            + verb
            + " it ("
            + code
            + "): "
            + (mentions(said, secrets) ? "(message withheld: it repeats a value)" : oneLine(said)));
  }

  private static boolean mentions(String text, Map<String, byte[]> secrets) {
    return secrets.values().stream()
        .filter(value -> value.length >= SHORTEST_SECRET)
        .anyMatch(
            value ->
                text.contains(new String(value, StandardCharsets.UTF_8))
                    || text.contains(Base64.getEncoder().encodeToString(value)));
  }

  private static String oneLine(String text) {
    var line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
