// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.agent;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;

/// Has a method throw an `InternalError` as soon as a file is there.
public final class ErrorAgent {
  private static final String THROWN = "error.thrown";
  private static final ClassDesc ERROR = ClassDesc.of("java.lang.InternalError");

  /// `words` are what follows `-javaagent:…=`: the file, the class with slashes, the method.
  public static void premain(String words, Instrumentation jvm) {
    var parts = words.split(",");
    jvm.addTransformer(new Throwing(parts[1], parts[2]));
    Thread.ofPlatform().name("error").daemon().start(() -> follow(Path.of(parts[0])));
  }

  private static void follow(Path file) {
    try {
      while (!Files.exists(file)) {
        Thread.sleep(50);
      }
      System.setProperty(THROWN, "true");
    } catch (InterruptedException over) {
      // Nothing is thrown.
    }
  }

  private record Throwing(String owner, String method) implements ClassFileTransformer {
    @Override
    public byte[] transform(
        Module module,
        ClassLoader loader,
        String name,
        Class<?> type,
        ProtectionDomain domain,
        byte[] bytes) {
      if (!owner.equals(name)) {
        return null;
      }
      return ClassFile.of()
          .transformClass(
              ClassFile.of().parse(bytes),
              ClassTransform.transformingMethodBodies(
                  found -> found.methodName().equalsString(method), new AtItsBegin()));
    }
  }

  /// `if (Boolean.getBoolean(THROWN)) throw new InternalError("by the test");`
  private static final class AtItsBegin implements CodeTransform {
    @Override
    public void atStart(CodeBuilder code) {
      code.loadConstant(THROWN)
          .invokestatic(
              ClassDesc.of("java.lang.Boolean"),
              "getBoolean",
              MethodTypeDesc.of(CD_boolean, CD_String))
          .ifThen(
              then ->
                  then.new_(ERROR)
                      .dup()
                      .loadConstant("by the test")
                      .invokespecial(ERROR, "<init>", MethodTypeDesc.of(CD_void, CD_String))
                      .athrow());
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }

  private ErrorAgent() {}
}
