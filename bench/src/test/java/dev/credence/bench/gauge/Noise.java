// SPDX-License-Identifier: Apache-2.0
package dev.credence.bench.gauge;

import java.security.SecureRandom;
import java.util.Base64;

/// What Secrets of others hold.
public final class Noise {

  /// So many random bytes, in Base64.
  public static String of(int bytes) {
    var noise = new byte[bytes];
    new SecureRandom().nextBytes(noise);
    return Base64.getEncoder().encodeToString(noise);
  }

  private Noise() {}
}
