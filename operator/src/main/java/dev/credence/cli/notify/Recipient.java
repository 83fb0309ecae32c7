// SPDX-License-Identifier: Apache-2.0
package dev.credence.cli.notify;

import dev.credence.facts.text.Digests;
import java.util.Optional;

/// Who gets a notice.
///
/// @param address a valid e-mail address; empty only for a webhook
record Recipient(Optional<String> address, Optional<String> team) {

  /// The name in the state, which contains no address.
  String key() {
    return Digests.of(address.orElse("") + "\n" + team.orElse(""));
  }

  /// Such as `alice@example.com, team sales`.
  String words() {
    return address.orElse("the webhook") + team.map(name -> ", team " + name).orElse("");
  }
}
