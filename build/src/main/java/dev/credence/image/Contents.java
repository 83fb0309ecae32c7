// SPDX-License-Identifier: Apache-2.0
package dev.credence.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/// The list of what is in the image (CycloneDX): the libraries, as Maven lists them, and the two
/// things that Maven does not know of.
public final class Contents {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The text of the list, with the Java runtime and the C library of this machine added to it.
  public static String of(Path libraries) throws IOException {
    var list = (ObjectNode) JSON.readTree(libraries.toFile());
    var runtime = Runtime.version();
    add(
        list,
        "OpenJDK runtime",
        System.getProperty("java.runtime.version"),
        System.getProperty("java.vendor"),
        "cpe:2.3:a:oracle:openjdk:%d.%d.%d:*:*:*:*:*:*:*"
            .formatted(runtime.feature(), runtime.interim(), runtime.update()));
    // "ldd (Debian GLIBC 2.36-9+deb12u10) 2.36"
    var first = Words.of("ldd", "--version").lines().findFirst().orElseThrow();
    var version = first.substring(first.lastIndexOf(' ') + 1);
    add(
        list,
        "glibc",
        version,
        first.replaceFirst("^ldd \\((.*)\\).*", "$1"),
        "cpe:2.3:a:gnu:glibc:%s:*:*:*:*:*:*:*".formatted(version));
    return list.toPrettyString();
  }

  private static void add(
      ObjectNode list, String name, String version, String publisher, String cpe) {
    list.withArray("components")
        .addObject()
        .put("type", "library")
        .put("bom-ref", cpe)
        .put("publisher", publisher)
        .put("name", name)
        .put("version", version)
        .put("cpe", cpe);
  }

  private Contents() {}
}
