// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import java.util.List;
import java.util.Map;

/// A program that gets an image of its own: `NAME.jar` with its libraries in `lib`.
///
/// @param modules of the Java runtime that the program and its libraries require (`jdeps`)
/// @param environment of the container
/// @param flags of the JVM in the command; those of a pod that sets `environment` come in addition
/// @param isLearnt whether the JVM learns from a run which classes it needs
record Application(
    String name,
    String title,
    String modules,
    Map<String, String> environment,
    List<String> flags,
    boolean isLearnt) {

  Application {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }

  /// The operator, which is the command line as well.
  static final Application OPERATOR =
      new Application(
          "credence",
          "credence",
          Image.MODULES,
          Map.of("JDK_JAVA_OPTIONS", Image.FLAGS),
          List.of(),
          true);

  /// The drivers of hooks. Nothing is learnt: the JVM refuses what it learnt of a sealed jar, like
  /// UnboundID's, and a hook starts in less than a second without it. Flags are part of the
  /// command: the JVM would print those of a variable.
  static final Application HOOKS =
      new Application(
          "credence-hooks",
          "credence-hooks",
          "java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,"
              + "java.security.sasl,java.sql,java.transaction.xa,java.xml,jdk.unsupported",
          Map.of(),
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:-UsePerfData",
              "-Xms16m",
              "-Xmx96m",
              "-XX:+ExitOnOutOfMemoryError",
              "-XX:-HeapDumpOnOutOfMemoryError",
              "-XX:+DisableAttachMechanism"),
          false);

  String jar() {
    return "/app/" + name + ".jar";
  }

  /// Where the learnt classes are in the image.
  String learnt() {
    return "/app/" + name + ".aot";
  }
}
