// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

/// A step that failed, with one sentence for the user. It has no cause: messages of libraries may
/// repeat what they were given.
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Why a step failed. The exit codes are those of `sysexits.h` where it has one.
  public enum Kind {
    /// The arguments or the environment of the Job are wrong.
    Usage(64, "The arguments, variables or mounted files of the Job are wrong"),
    /// The system rejects the credential of the application.
    Rejected(65, "The system rejects the credential that the step proves"),
    /// The system cannot do this step.
    Unsupported(66, "The system has no such step"),
    /// The system cannot be reached, or is overloaded.
    Unavailable(69, "The system cannot be reached or is overloaded"),
    /// Anything else that the system answers.
    Failed(70, "The system reports another error"),
    /// The certificate or the host key of the system is not trusted.
    Untrusted(76, "The certificate or host key of the system is not trusted"),
    /// The administrative account may not do what the step requires.
    Denied(77, "The administrative account cannot log in or lacks a right");

    private final int exitCode;
    private final String meaning;

    Kind(int exitCode, String meaning) {
      this.exitCode = exitCode;
      this.meaning = meaning;
    }

    public int exitCode() {
      return exitCode;
    }

    /// For the table of exit codes.
    public String meaning() {
      return meaning;
    }
  }

  private final Kind kind;

  public Failure(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// The sentence. Never null.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
