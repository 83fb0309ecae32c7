// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The ID by which audit events name the token of a version, as `JTI=` and its claim `jti`.
/// `retired`: since when the token is no longer valid. A Secret records those of its last
/// versions, the newest first: `8=JTI=4f1c 7=JTI=91ab@2026-03-01T00:00:00Z`.
public record CredentialId(long version, String id, Optional<Instant> retired) {
  private static final int MOST = 5;
  private static final Pattern ENTRY =
      Pattern.compile("(\\d{1,18})=(JTI=[A-Za-z0-9._-]{1,128})(?:@(\\S{1,40}))?");

  /// What cannot be read is left out.
  public static List<CredentialId> of(String text) {
    return Arrays.stream(text.split(" ")).flatMap(CredentialId::one).limit(MOST).toList();
  }

  private static Stream<CredentialId> one(String text) {
    var parts = ENTRY.matcher(text);
    if (!parts.matches()) {
      return Stream.of();
    }
    try {
      var retired = Optional.ofNullable(parts.group(3)).map(Instant::parse);
      return Stream.of(new CredentialId(Long.parseLong(parts.group(1)), parts.group(2), retired));
    } catch (DateTimeException unreadable) {
      return Stream.of();
    }
  }

  /// The first one for this version, in front of those from before. `keepsPrevious`: the one
  /// before stays valid for now.
  public static List<CredentialId> issued(
      List<CredentialId> before, long version, String id, boolean keepsPrevious, Instant now) {
    return Stream.concat(
            Stream.of(new CredentialId(version, id, Optional.empty())),
            retiredBefore(keepsPrevious ? version - 1 : version, before, now).stream()
                .filter(one -> one.version() < version))
        .limit(MOST)
        .toList();
  }

  /// The same once no version before this one is valid any more.
  public static List<CredentialId> retiredBefore(
      long version, List<CredentialId> all, Instant now) {
    return all.stream()
        .map(
            one ->
                one.version() < version && one.retired().isEmpty()
                    ? new CredentialId(one.version(), one.id(), Optional.of(now))
                    : one)
        .toList();
  }

  public static String text(List<CredentialId> all) {
    return all.stream()
        .map(
            one ->
                one.version() + "=" + one.id() + one.retired().map(time -> "@" + time).orElse(""))
        .collect(Collectors.joining(" "));
  }
}
