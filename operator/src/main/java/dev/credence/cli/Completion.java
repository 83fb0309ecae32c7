// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints what a shell needs to complete commands, options and names.
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    header = "Print the completion script of a shell.",
    description = {
      "",
      "The script completes commands, options and the names of identities. `kubectl credence` completes",
      "without it if kubectl_complete-credence is on the PATH."
    },
    footer = {
      "%nExamples:",
      "  source <(credence completion bash)",
      "  credence completion zsh > \"$${fpath[1]}/_credence\""
    })
public final class Completion implements Callable<Integer> {
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    System.out.print(
        switch (shell) {
          case bash -> BASH;
          case zsh -> ZSH;
        });
    return 0;
  }

  private static final String BASH =
      """
      # bash completion for credence
      _credence() {
        local word=${COMP_WORDS[COMP_CWORD]}
        local IFS=$'\\n'
        COMPREPLY=($(compgen -W "$(credence __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null | sed '/^:[0-9]*$/d')" -- "$word"))
      }
      complete -o default -F _credence credence
      """;

  private static final String ZSH =
      """
      #compdef credence
      # zsh completion for credence
      _credence() {
        local -a found
        found=("${(@f)$(credence __complete "${(@)words[2,CURRENT]}" 2>/dev/null | sed '/^:[0-9]*$/d')}")
        compadd -- $found || _files
      }
      compdef _credence credence
      """;
}
