// SPDX-License-Identifier: Apache-2.0
package dev.credence.settings;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// The version of this program.
public final class Version implements IVersionProvider {

  /// As the jar says; `development` where there is no jar.
  public static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"credence " + current()};
  }
}
