// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.faults.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// What is loaded into an operator's JVM to do to it what a cluster cannot.
public final class Agents {

  /// The agent with its own classes, for `-javaagent:`.
  public static Path jar(Class<?> agent, Path folder) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", agent.getName());
    manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    var file = folder.resolve(agent.getSimpleName() + ".jar");
    try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (var type :
          Stream.concat(Stream.of(agent), Stream.of(agent.getDeclaredClasses())).toList()) {
        var name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (var bytes = type.getClassLoader().getResourceAsStream(name)) {
          bytes.transferTo(jar);
        }
      }
    }
    return file;
  }

  private Agents() {}
}
