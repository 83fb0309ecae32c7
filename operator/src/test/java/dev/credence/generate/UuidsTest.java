// SPDX-License-Identifier: Apache-2.0
package dev.credence.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidsTest {

  private final SecureRandom random = Seeded.random(1);

  @Test
  void a_uuid_is_of_version_4_and_never_the_same() {
    Set<UUID> seen = new HashSet<>();
    for (int draw = 0; draw < 5_000; draw++) {
      String text = new String(Uuids.draw(random), US_ASCII);
      UUID uuid = UUID.fromString(text);
      assertThat(text).isEqualTo(uuid.toString());
      assertThat(uuid.version()).isEqualTo(4);
      assertThat(uuid.variant()).isEqualTo(2);
      assertThat(seen.add(uuid)).isTrue();
    }
  }

  @Test
  void all_bits_but_the_six_of_the_version_are_random() {
    int[] ones = new int[128];
    for (int draw = 0; draw < 5_000; draw++) {
      UUID uuid = UUID.fromString(new String(Uuids.draw(random), US_ASCII));
      BitSet.valueOf(new long[] {uuid.getLeastSignificantBits(), uuid.getMostSignificantBits()})
          .stream()
          .forEach(bit -> ones[bit]++);
    }
    assertThat(Arrays.stream(ones).filter(count -> count == 0 || count == 5_000)).hasSize(6);
    assertThat(Arrays.stream(ones).filter(count -> count > 2_300 && count < 2_700)).hasSize(122);
  }
}
