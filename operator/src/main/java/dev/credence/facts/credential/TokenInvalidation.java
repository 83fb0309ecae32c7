// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

/// For which identity the API server refuses a token, and why: the identity is suspended, or
/// nothing used the token. On the Secret it is the UID, followed by `unused` for the latter.
public record TokenInvalidation(String uid, boolean unused) {
  private static final String UNUSED = " unused";

  public static TokenInvalidation of(String text) {
    return text.endsWith(UNUSED)
        ? new TokenInvalidation(text.substring(0, text.length() - UNUSED.length()), true)
        : new TokenInvalidation(text, false);
  }

  public String text() {
    return unused ? uid + UNUSED : uid;
  }
}
