// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.report.PlainText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Locale;

/// A question to the user of the terminal, before something that is not taken back.
public final class Consent {

  /// `otherwise`: what to do first without an answer, as the beginning of a sentence.
  public static boolean to(String question, String otherwise) {
    System.out.print(PlainText.text(question) + " [y/N] ");
    System.out.flush();
    try {
      var answer = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
      if (answer == null) {
        System.out.println();
        throw new Failed("No answer on standard input. " + otherwise + ", then add --yes.");
      }
      return List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    } catch (IOException silent) {
      throw new Failed("No answer on standard input. " + otherwise + ", then add --yes.");
    }
  }

  private Consent() {}
}
