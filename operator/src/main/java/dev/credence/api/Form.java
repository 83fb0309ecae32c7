// SPDX-License-Identifier: Apache-2.0
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

  /// A key of a Secret: neither `.` nor with two dots at the start, which the API server rejects
  /// (apimachinery, `IsConfigMapKey`).
  String KEY = "^[.]?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$";

  /// Five fields of cron, as in a CronJob; no `@daily`, no `TZ=`. What is in them is checked by the
  /// operator, which reports it in a condition.
  String CRON = "^[!-~]+( +[!-~]+){4}$";

  /// A time zone of the IANA database. Whether it exists is checked by the operator.
  String ZONE = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";

  /// One line of text without control characters and without what is not seen (as in
  /// facts.Unprintable): it reaches annotations, logs and terminals, and is compared by people.
  String LINE =
      "^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{34f}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{2800}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0100}-\\x{e01ef}]*$";

  /// A time of RFC 3339 that every reader parses alike. It is stricter than `format: date-time`,
  /// which allows ten digits of a second and offsets of eighteen hours.
  String TIME =
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$";

  /// The only Secret types that are generated. A service-account token would be a token of any
  /// account of the namespace.
  String SECRET_TYPE = "^(Opaque|kubernetes[.]io/(basic-auth|ssh-auth|dockerconfigjson))$";

  /// A kind of object.
  String KIND = "^[A-Z][A-Za-z0-9]*$";

  /// A DNS name in a certificate, which may begin with a wildcard.
  String DNS_NAME = "^([*][.])?[a-zA-Z0-9_]([-a-zA-Z0-9_.]*[a-zA-Z0-9_])?$";

  /// A URI in a certificate: a scheme, then any printable ASCII characters.
  String URI = "^[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]+$";

  /// An IPv4 or IPv6 address; the pattern does not check the range of its parts.
  String IP_ADDRESS = "^([0-9]{1,3}([.][0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)$";

  /// A CIDR, or the name of a network. Whether a CIDR is one is checked by another rule.
  String NETWORK = "^[0-9A-Za-z:]([-0-9A-Za-z:._]*[0-9A-Za-z:])?(/[0-9]{1,3})?$";

  /// The key usages of a certificate that is no CA, by cert-manager's names.
  String KEY_USAGE =
      "^(digital signature|content commitment|key encipherment|data encipherment|key agreement|server auth|client auth|code signing|email protection|timestamping)$";

  String LABEL_KEY = "^([a-z0-9A-Z.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

  String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

  /// The validation message for a text that does not match the pattern.
  Map<String, String> SAYS =
      Map.ofEntries(
          Map.entry(
              DURATION,
              "must be a duration of hours, minutes and seconds like 720h, 15m or 1h30m (days are not supported: 30d is 720h)"),
          Map.entry(
              NAME,
              "must be the name of an object: lower-case letters, digits, '-' and '.', starting and ending with a letter or digit"),
          Map.entry(
              KEY,
              "must be a key of a Secret: letters, digits, '-', '_' and '.', without '..' at the start"),
          Map.entry(
              CRON,
              "must be five fields of cron like '0 2 1 * *': minute, hour, day, month, weekday"),
          Map.entry(ZONE, "must be a time zone of the IANA database like Europe/Berlin or UTC"),
          Map.entry(
              LINE,
              "must be one line without control characters and without invisible ones like a zero-width space"),
          Map.entry(
              SECRET_TYPE,
              "must be Opaque, kubernetes.io/basic-auth, kubernetes.io/ssh-auth or kubernetes.io/dockerconfigjson: Secrets of other types, above all tokens of service accounts, are not generated"),
          Map.entry(KIND, "must be a kind like ClusterIssuer"),
          Map.entry(DNS_NAME, "must be a DNS name like crm.sales.svc or *.example.com"),
          Map.entry(URI, "must be a URI like spiffe://example.com/crm"),
          Map.entry(
              NETWORK, "must be a CIDR like 10.0.0.0/8, or the name of a network like pool-a"),
          Map.entry(IP_ADDRESS, "must be an IP address like 10.1.2.3 or 2001:db8::1"),
          Map.entry(
              KEY_USAGE,
              "must be one of digital signature, content commitment, key encipherment, data encipherment, key agreement, server auth, client auth, code signing, email protection and timestamping"),
          Map.entry(LABEL_KEY, "must be a label key like app.kubernetes.io/name"),
          Map.entry(
              LABEL_VALUE, "must be a label value: at most 63 letters, digits, '-', '_' and '.'"));
}
