// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.UUID;

/// A UUID of 122 random bits (RFC 9562, version 4): as `UUID.randomUUID`, from our random source.
final class Uuids {

  private static final long VERSION = 0x0000_0000_0000_F000L;
  private static final long VERSION_4 = 0x0000_0000_0000_4000L;
  private static final long VARIANT = 0xC000_0000_0000_0000L;
  private static final long VARIANT_RFC_9562 = 0x8000_0000_0000_0000L;

  private Uuids() {}

  static byte[] draw(SecureRandom random) {
    long high = (random.nextLong() & ~VERSION) | VERSION_4;
    long low = (random.nextLong() & ~VARIANT) | VARIANT_RFC_9562;
    return new UUID(high, low).toString().getBytes(US_ASCII);
  }
}
