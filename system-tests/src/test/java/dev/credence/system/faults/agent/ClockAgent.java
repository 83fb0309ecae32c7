// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.agent;

import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_long;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.util.Map;

/// Has every clock of the JDK ([Clock], and with it `Instant.now()` and its like) say a time that
/// is so many seconds ahead as a file says. `System.currentTimeMillis()` stays right, and with it
/// the check of certificates.
public final class ClockAgent {
  private static final String AHEAD = "clock.ahead";
  private static final ClassDesc INSTANT = ClassDesc.of("java.time.Instant");
  private static final Map<String, String> READ =
      Map.of("java/time/Clock", "currentInstant", "java/time/Clock$SystemClock", "millis");

  /// `file` is what follows `-javaagent:…=`.
  public static void premain(String file, Instrumentation jvm) throws UnmodifiableClassException {
    jvm.addTransformer(new Putting(), true);
    jvm.retransformClasses(Clock.class, Clock.systemUTC().getClass());
    Thread.ofPlatform().name("clock").daemon().start(() -> follow(Path.of(file)));
  }

  private static void follow(Path file) {
    try {
      while (true) {
        System.setProperty(AHEAD, Files.readString(file).strip());
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException over) {
      // As it is then, it stays.
    }
  }

  private static final class Putting implements ClassFileTransformer {
    @Override
    public byte[] transform(
        Module module,
        ClassLoader loader,
        String name,
        Class<?> type,
        ProtectionDomain domain,
        byte[] bytes) {
      var method = READ.get(name);
      if (method == null) {
        return null;
      }
      return ClassFile.of()
          .transformClass(
              ClassFile.of().parse(bytes),
              ClassTransform.transformingMethodBodies(
                  found -> found.methodName().equalsString(method), later()));
    }
  }

  /// `return now;` becomes `return now.plusSeconds(Long.getLong(AHEAD, 0L));`, and the same in
  /// milliseconds.
  private static CodeTransform later() {
    return (code, element) -> {
      if (element instanceof ReturnInstruction end) {
        code.loadConstant(AHEAD)
            .lconst_0()
            .invokestatic(CD_Long, "getLong", MethodTypeDesc.of(CD_Long, CD_String, CD_long))
            .invokevirtual(CD_Long, "longValue", MethodTypeDesc.of(CD_long));
        if (end.typeKind() == TypeKind.LONG) {
          code.loadConstant(1_000L).lmul().ladd();
        } else {
          code.invokevirtual(INSTANT, "plusSeconds", MethodTypeDesc.of(INSTANT, CD_long));
        }
      }
      code.with(element);
    };
  }

  private ClockAgent() {}
}
