// SPDX-License-Identifier: Apache-2.0
package dev.credence.reference;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// The reference of the log, read from the statements in the sources of the operator.
final class LogReference {
  private static final Set<String> LEVELS = Set.of("info", "warn", "error", "debug");
  private static final Set<String> LOGGERS = Set.of("LOG", "log");
  private static final String OPEN = "…";

  private static final String PAGE =
      """
      <!-- Written by `make generate`. -->
      # Logs

      The operator logs to standard output, one line for each action and for each change of what it can do. `CREDENCE_LOG_LEVEL`
      and `CREDENCE_LOG_FORMAT` ([Settings](settings.md)) set the level and the format. The log contains no secret values.
      The leader does the work and logs it; the other replicas log only their own start and health.

      ```
      kubectl logs -n credence-system -l app.kubernetes.io/name=credence --prefix --tail=-1
      ```

      In the format `text` a line is the time, the level, the part of the operator, the message, and the fields:

      ```
      2026-11-22T11:48:00.123Z INFO  IdentityReconciler Action done namespace="sales" identity="crm" action="Rotate" subject="Secret crm-db"
      ```

      In the format `json` it is one object with `timestamp`, `level`, `loggerName`, `formattedMessage`, `throwable`, and the
      fields in `kvpList`. Query the fields with the same names in both formats.

      ## Fields

      %s
      ## Actions

      The value of the field `action` in the messages `Action done` and in those that quote a rejection of the API server. [Events](../events.md) describes the Events.

      %s
      ## Messages

      `…` stands for what differs from line to line. A message that is only `…` is that of the API server, or of the cause.

      %s""";

  /// What a field is, and an example.
  private record Field(String meaning, String example) {}

  private static final Map<String, Field> FIELDS = new LinkedHashMap<>();

  static {
    field("namespace", "the namespace of the object, or `all`", "sales");
    field("identity", "the name of the MachineIdentity", "crm");
    field("action", "the action, as in [Actions](#actions)", "Rotate");
    field("subject", "the object that the action changes", "Secret crm-db");
    field("reason", "the reason of the Event that could not be written", "Rotated");
    field("kinds", "the kinds that the operator waits for", "[Secrets]");
    field("enforced", "the admission policies that enforce suspensions", "[no-new-tokens]");
    field("version", "the version of the operator", "0.1.0");
    field("instance", "the name of the replica in the Lease", "credence-7d9c5b6f4-x2x7k");
    field("cluster", "the address of the API server", "https://10.96.0.1:443/");
    field("port", "the port of metrics and health", "8080");
    field("tier", "the permission tier", "Enforce");
  }

  private static void field(String name, String meaning, String example) {
    FIELDS.put(name, new Field(meaning, example));
  }

  /// A statement that logs. `message` has `…` for what differs.
  record Line(String level, String logger, String message, List<String> fields) {
    private String example() {
      return Stream.concat(
              Stream.of(logger, message),
              fields.stream().map(name -> name + "=\"" + FIELDS.get(name).example() + "\""))
          .collect(Collectors.joining(" "));
    }
  }

  /// An action that the log names. `event` is empty where it has no Event of its own.
  record Logged(String name, String words, Optional<String> event) {}

  static String markdown(Path sources) {
    var lines = lines(sources);
    var fields = new Table("field", "meaning", "example");
    FIELDS.forEach(
        (name, field) ->
            fields.row("`" + name + "`", field.meaning(), "`" + field.example() + "`"));
    var actions = new Table("action", "the operator does this", "Event");
    actions(sources)
        .forEach(
            action ->
                actions.row(
                    "`" + action.name() + "`",
                    action.words(),
                    action.event().map(reason -> "`" + reason + "`").orElse("")));
    return PAGE.formatted(fields, actions, table(lines));
  }

  private static Table table(List<Line> lines) {
    var table = new Table("level", "example of the line, without time and level");
    for (var level : List.of("ERROR", "WARN", "INFO", "DEBUG")) {
      lines.stream()
          .filter(line -> line.level().startsWith(level))
          .forEach(line -> table.row(line.level(), "`" + line.example().replace("`", "'") + "`"));
    }
    return table;
  }

  static Set<String> fields() {
    return FIELDS.keySet();
  }

  /// All statements, by logger and message.
  static List<Line> lines(Path sources) {
    var found = new ArrayList<Line>();
    try (var files = Files.walk(sources)) {
      var java = files.filter(path -> path.toString().endsWith(".java")).sorted().toList();
      for (var unit : parsed(java)) {
        var name = Path.of(unit.getSourceFile().getName()).getFileName().toString();
        unit.accept(new Statements(name.replace(".java", ""), found), null);
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return found.stream()
        .distinct()
        .sorted(Comparator.comparing(Line::logger).thenComparing(Line::message))
        .toList();
  }

  /// The cases of `ActionMeaning.of`.
  static List<Logged> actions(Path sources) {
    var found = new TreeMap<String, Logged>();
    for (var unit : parsed(List.of(sources.resolve("dev/credence/plan/ActionMeaning.java")))) {
      unit.accept(new Cases(found), null);
    }
    return List.copyOf(found.values());
  }

  private static Iterable<? extends CompilationUnitTree> parsed(List<Path> files) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      return task.parse();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static final class Statements extends TreeScanner<Void, Void> {
    private final String logger;
    private final List<Line> found;

    Statements(String logger, List<Line> found) {
      this.logger = logger;
      this.found = found;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
      if (call.getMethodSelect() instanceof MemberSelectTree select
          && !call.getArguments().isEmpty()) {
        var name = select.getIdentifier().toString();
        var receiver = select.getExpression();
        if (LEVELS.contains(name) && isLogger(receiver)) {
          add(Set.of(name), call.getArguments().getFirst(), List.of());
        } else if (name.equals("log")) {
          var chain = new Chain();
          receiver.accept(chain, null);
          if (!chain.levels.isEmpty()) {
            add(chain.levels, call.getArguments().getFirst(), chain.keys());
          }
        }
      }
      return super.visitMethodInvocation(call, nothing);
    }

    private static boolean isLogger(ExpressionTree receiver) {
      return LOGGERS.contains(receiver.toString())
          || receiver.toString().startsWith("LoggerFactory.getLogger(");
    }

    private void add(Set<String> levels, ExpressionTree message, List<String> fields) {
      var level =
          Stream.of("error", "warn", "info", "debug")
              .filter(levels::contains)
              .map(one -> one.toUpperCase(Locale.ROOT))
              .collect(Collectors.joining(" or "));
      texts(message).forEach(text -> found.add(new Line(level, logger, text, fields)));
    }
  }

  /// What is before `.log(…)`: the level and the fields.
  private static final class Chain extends TreeScanner<Void, Void> {
    private final Set<String> levels = new TreeSet<>();
    private final List<String> reversed = new ArrayList<>();

    List<String> keys() {
      return reversed.reversed();
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
      if (call.getMethodSelect() instanceof MemberSelectTree select) {
        var name = select.getIdentifier().toString();
        if (name.equals("addKeyValue")
            && call.getArguments().getFirst() instanceof LiteralTree key) {
          reversed.add(String.valueOf(key.getValue()));
        } else if (name.startsWith("at") && LOGGERS.contains(select.getExpression().toString())) {
          levels.add(name.substring(2).toLowerCase(Locale.ROOT));
          if (name.equals("atLevel")) {
            levels.addAll(Set.of("info", "warn"));
          }
        }
        return select.getExpression().accept(this, nothing);
      }
      return null;
    }
  }

  private static final class Cases extends TreeScanner<Void, Void> {
    private final Map<String, Logged> found;

    Cases(Map<String, Logged> found) {
      this.found = found;
    }

    @Override
    public Void visitCase(CaseTree one, Void nothing) {
      for (var label : one.getLabels()) {
        var type = new String[1];
        label.accept(
            new TreeScanner<Void, Void>() {
              @Override
              public Void visitDeconstructionPattern(DeconstructionPatternTree pattern, Void none) {
                type[0] = pattern.getDeconstructor().toString();
                return null;
              }

              @Override
              public Void visitVariable(VariableTree variable, Void none) {
                type[0] = type[0] == null ? variable.getType().toString() : type[0];
                return null;
              }
            },
            null);
        if (type[0] != null && type[0].startsWith("Action.")) {
          add(type[0].substring("Action.".length()), one.getBody());
        }
      }
      return null;
    }

    private void add(String name, Tree body) {
      var words = new ArrayList<String>();
      var events = new ArrayList<String>();
      body.accept(
          new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
              var method = call.getMethodSelect();
              if (method.toString().equals("of")) {
                words.add(texts(call.getArguments().getLast()).getFirst());
              } else if (method instanceof MemberSelectTree select
                  && Set.of("event", "warning").contains(select.getIdentifier().toString())
                  && call.getArguments().getFirst() instanceof LiteralTree reason) {
                events.add(String.valueOf(reason.getValue()));
              }
              return super.visitMethodInvocation(call, none);
            }
          },
          null);
      found.put(name, new Logged(name, words.getFirst(), events.stream().findFirst()));
    }
  }

  /// The texts that an expression can have, with `…` for what is not written in it.
  private static List<String> texts(ExpressionTree expression) {
    return switch (expression) {
      case LiteralTree literal -> List.of(open(String.valueOf(literal.getValue())));
      case ParenthesizedTree inner -> texts(inner.getExpression());
      case ConditionalExpressionTree choice ->
          Stream.of(choice.getTrueExpression(), choice.getFalseExpression())
              .flatMap(one -> texts(one).stream())
              .distinct()
              .toList();
      case BinaryTree both ->
          texts(both.getLeftOperand()).stream()
              .flatMap(left -> texts(both.getRightOperand()).stream().map(right -> left + right))
              .map(LogReference::open)
              .distinct()
              .toList();
      case MethodInvocationTree call -> texts(call);
      default -> List.of(OPEN);
    };
  }

  private static List<String> texts(MethodInvocationTree call) {
    if (call.getMethodSelect() instanceof MemberSelectTree select) {
      var name = select.getIdentifier().toString();
      if (name.equals("formatted")) {
        return texts(select.getExpression());
      }
      if (name.equals("orElse")
          && call.getArguments().getFirst() instanceof LiteralTree otherwise
          && !String.valueOf(otherwise.getValue()).isEmpty()) {
        return List.of(String.valueOf(otherwise.getValue()), OPEN);
      }
    }
    return List.of(OPEN);
  }

  private static String open(String text) {
    return text.replaceAll("\\{}|%s|%d", OPEN).replaceAll("(" + OPEN + ")+", OPEN);
  }

  private LogReference() {}
}
