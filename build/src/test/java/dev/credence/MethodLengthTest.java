// SPDX-License-Identifier: Apache-2.0
package dev.credence;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the methods of main code to one screen.
class MethodLengthTest {
  private static final int LONGEST = 40;

  /// Tables in the form of a method, with an entry for each action, metric, cache or field.
  private static final Set<String> TABLES =
      Set.of(
          "Act.perform",
          "ActionMeaning.of",
          "ClusterCaches.<init>",
          "Decide.status",
          "IdentityGauges.collect");

  @ParameterizedTest
  @ValueSource(strings = {"operator", "hooks", "build", "system-tests"})
  void methods_of_main_code_have_at_most_40_lines(String module) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var tooLong = new ArrayList<String>();
    try (var files = compiler.getStandardFileManager(null, null, null);
        var sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
      var java = files.getJavaFileObjectsFromPaths(sources.filter(Files::isRegularFile).toList());
      var task = (JavacTask) compiler.getTask(null, files, null, List.of(), null, java);
      var positions = Trees.instance(task).getSourcePositions();
      new TreePathScanner<Void, Void>() {
        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
          var unit = getCurrentPath().getCompilationUnit();
          var name =
              Path.of(unit.getSourceFile().getName()).getFileName().toString().split("\\.")[0]
                  + "."
                  + method.getName();
          var first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
          var last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
          if (last - first >= LONGEST && !TABLES.contains(name)) {
            tooLong.add("%s has %d lines".formatted(name, last - first + 1));
          }
          return super.visitMethod(method, nothing);
        }
      }.scan(task.parse(), null);
    }
    assertThat(tooLong).isEmpty();
  }
}
