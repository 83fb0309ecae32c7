// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// Randomness that is the same in every run.
final class Seeded {

  private Seeded() {}

  static SecureRandom random(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      // before the first draw this replaces the system's seed, where setSeed(0L) does nothing
      random.setSeed(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
