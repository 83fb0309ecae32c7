// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.show;

import dev.credence.cli.Failed;
import dev.credence.cli.KubeOptions;
import dev.credence.cli.Output;
import dev.credence.cli.request.AnnotationCommand;
import dev.credence.raw.UntrustedText;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Shows what Credence did to an object.
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    header = "Show what Credence did to an object, the newest first.",
    description = {
      "",
      "From the Events of the operator, the status of its MachineIdentity, and annotations and managedFields of",
      "the object. For a workload also the Secrets and the ServiceAccount that it uses. The value of a Secret is",
      "never read. The last lines say how far back the Events go and what could not be read."
    },
    footer = {
      "%nExamples:",
      "  credence history crm -n sales",
      "  credence history deployment/crm-web -n sales --since 2h",
      "  credence history secret/crm-db -n sales -o json"
    })
public final class History implements Callable<Integer> {

  @Mixin private KubeOptions where = new KubeOptions();

  @Parameters(
      paramLabel = "OBJECT",
      completionCandidates = Kinds.class,
      description = {
        "A MachineIdentity: NAME, or NAMESPACE/NAME. Another object: KIND/NAME.",
        "KIND: secret, serviceaccount, certificate, deployment, statefulset,",
        "daemonset, rollout or pod."
      })
  private String object = "";

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      defaultValue = "24h",
      converter = Since.class,
      description = "How far to look back, such as 90m or 48h. Default: ${DEFAULT-VALUE}.")
  private Duration since = Duration.ofDays(1);

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private TextOrJson format = TextOrJson.text;

  static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Subject.Kind.prefixes().iterator();
    }
  }

  static final class Since implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String written) {
      return UntrustedText.duration(written)
          .filter(length -> !length.isNegative() && !length.isZero())
          .orElseThrow(
              () -> new TypeConversionException("'" + written + "' is no duration such as 2h"));
    }
  }

  @Override
  public Integer call() {
    return where.in(
        connection -> {
          var recorded = HistoryReader.read(connection, Subject.of(connection, object));
          var history = new ObjectHistory(recorded, Instant.now(), since);
          if (!recorded.found() && history.happenings().isEmpty()) {
            throw new Failed(String.join("; ", recorded.gaps()));
          }
          if (format == TextOrJson.json) {
            Output.write(Optional.empty(), System.out, out -> out.write(history.json()));
          } else {
            history.lines().forEach(AnnotationCommand::report);
          }
          return 0;
        });
  }
}
