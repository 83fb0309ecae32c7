// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.cli.Failed;
import dev.credence.cli.notify.MailServer.Login;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The mail server or the webhook. Secrets come from files, so that no list of processes shows
/// them.
public final class ServerOptions {
  private static final Set<String> SCHEMES = Set.of("smtp", "smtps");
  private static final int LARGEST_FILE = 64 * 1024;

  @Option(
      names = "--smtp",
      paramLabel = "URL",
      description =
          "The mail server: smtp://HOST:587 with STARTTLS, or smtps://HOST:465. TLS is required.")
  private @Nullable String smtp;

  @Option(
      names = "--smtp-user",
      paramLabel = "NAME",
      description = "The user of the mail server. Default: no login.")
  private @Nullable String user;

  @Option(
      names = "--smtp-password-file",
      paramLabel = "FILE",
      description = "The file that contains the password of the mail server.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      description = "The sender of e-mails. Required with --smtp.")
  private @Nullable String from;

  @Option(
      names = "--webhook-url-file",
      paramLabel = "FILE",
      description = "The file that contains the https URL of the webhook.")
  private @Nullable Path urlFile;

  @Option(
      names = "--webhook-token-file",
      paramLabel = "FILE",
      description = "The file that contains a token for the header Authorization: Bearer.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "cloudevents",
      description =
          "The body for the webhook, one of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.cloudevents;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Certificate authorities in PEM, in addition to those that Java trusts.")
  private @Nullable Path caFile;

  /// What is missing or wrong, in words.
  Optional<String> wrong(boolean hasFallback, boolean dryRun) {
    if (smtp == null && urlFile == null) {
      return dryRun
          ? Optional.empty()
          : Optional.of("Set --smtp, --webhook-url-file or --dry-run.");
    }
    if (smtp != null && urlFile != null) {
      return Optional.of("--smtp and --webhook-url-file exclude each other.");
    }
    if (smtp == null) {
      return Optional.empty();
    }
    if (!isMailServer(smtp)) {
      return Optional.of("--smtp must be smtp://HOST:PORT or smtps://HOST:PORT.");
    }
    if (from == null || !Addresses.isValid(from)) {
      return Optional.of("--smtp requires --from with an e-mail address.");
    }
    if ((user == null) != (passwordFile == null)) {
      return Optional.of("--smtp-user and --smtp-password-file require each other.");
    }
    return hasFallback ? Optional.empty() : Optional.of("--smtp requires --fallback.");
  }

  private static boolean isMailServer(String text) {
    try {
      var url = new URI(text);
      return url.getScheme() != null
          && SCHEMES.contains(url.getScheme())
          && url.getHost() != null
          && url.getPort() > 0
          && url.getUserInfo() == null
          && url.getPath().isEmpty()
          && url.getQuery() == null;
    } catch (URISyntaxException wrong) {
      return false;
    }
  }

  Delivery delivery(String cluster, Clock clock) {
    var trust = TrustedRoots.context(Optional.ofNullable(caFile));
    return smtp != null
        ? new MailServer(URI.create(smtp), login(), String.valueOf(from), cluster, trust, clock)
        : new Webhook(
            webhook(),
            Optional.ofNullable(tokenFile).map(ServerOptions::secret),
            format,
            cluster,
            trust,
            clock);
  }

  private Optional<Login> login() {
    return user == null || passwordFile == null
        ? Optional.empty()
        : Optional.of(new Login(user, secret(passwordFile)));
  }

  /// A message names the file and not the URL, which may contain a secret.
  private URI webhook() {
    if (urlFile == null) {
      throw new IllegalStateException("there is neither a mail server nor a webhook");
    }
    try {
      var url = new URI(secret(urlFile));
      if (!"https".equals(url.getScheme()) || url.getHost() == null || url.getUserInfo() != null) {
        throw new Failed("The file " + urlFile + " must contain a URL such as https://HOST/PATH.");
      }
      return url;
    } catch (URISyntaxException wrong) {
      throw new Failed("The file " + urlFile + " contains no valid URL.");
    }
  }

  /// Without the line break at its end.
  private static String secret(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new Failed("The file " + file + " is larger than 64 KiB.");
      }
      var text = Files.readString(file).stripTrailing();
      if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
        throw new Failed("The file " + file + " must contain one line.");
      }
      return text;
    } catch (IOException unreadable) {
      throw new Failed("The file " + file + " cannot be read.");
    }
  }
}
