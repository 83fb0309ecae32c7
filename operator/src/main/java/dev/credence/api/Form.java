package dev.credence.api;

import java.util.Map;

/// The forms a text may take. The schema carries each as a CEL rule with the sentence of [#SAYS],
/// since the API server's own message for a pattern shows the pattern alone.
public interface Form {
  /// h, m and s of a Go duration, in this order; at most some 160 years, so that no arithmetic on
  /// it overflows.
  String DURATION =
      "^([0-9]{1,6}h([0-9]{1,7}m)?([0-9]{1,9}s)?|[0-9]{1,7}m([0-9]{1,9}s)?|[0-9]{1,9}s)$";

  /// A name of an object: a DNS subdomain (RFC 1123).
  String NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /// A key of a Secret.
  String KEY = "^[-._a-zA-Z0-9]+$";

  /// Five fields of cron. What is in them is checked by the operator, which says so in a condition.
  String CRON = "^[^ ]+( +[^ ]+){4}$";

  /// A time zone of the IANA database. Whether it exists is checked by the operator.
  String ZONE = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";

  /// One line of text without control characters: it reaches annotations, logs and terminals.
  String LINE =
      "^[^\\x00-\\x1f\\x7f-\\x9f\\x{2028}\\x{2029}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]*$";

  /// A time of RFC 3339 that every reader understands alike. Beside `format: date-time`, which lets
  /// through ten digits of a second and offsets of eighteen hours.
  String TIME =
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$";

  /// The only Secret types that are generated. A service-account token would be a token of any
  /// account of the namespace.
  String SECRET_TYPE = "^(Opaque|kubernetes[.]io/basic-auth|kubernetes[.]io/ssh-auth)$";

  String LABEL_KEY = "^([a-z0-9A-Z.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

  String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

  /// What a user is told when a text does not have the form.
  Map<String, String> SAYS =
      Map.of(
          DURATION,
              "must be a duration of hours, minutes and seconds like 720h, 15m or 1h30m (days are not known: 30d is 720h)",
          NAME,
              "must be the name of an object: lower-case letters, digits, '-' and '.', starting and ending with a letter or digit",
          KEY, "must be a key of a Secret: letters, digits, '-', '_' and '.'",
          CRON, "must be five fields of cron like '0 2 1 * *': minute, hour, day, month, weekday",
          ZONE, "must be a time zone of the IANA database like Europe/Berlin or UTC",
          LINE, "must be one line without control characters",
          SECRET_TYPE,
              "must be Opaque, kubernetes.io/basic-auth or kubernetes.io/ssh-auth: Secrets of other types, above all tokens of service accounts, are not generated",
          LABEL_KEY, "must be a label's key like app.kubernetes.io/name",
          LABEL_VALUE, "must be a label's value: at most 63 letters, digits, '-', '_' and '.'");
}
