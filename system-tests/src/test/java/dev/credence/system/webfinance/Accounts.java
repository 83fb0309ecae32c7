// SPDX-License-Identifier: Apache-2.0
package dev.credence.system.webfinance;

import java.util.Map;
import java.util.Optional;

/// A system that an application logs in to with the keys of a Secret.
interface Accounts {
  /// For people: `db.finance`.
  String system();

  /// Why a login with this value fails, without any of the value. Absent where it works.
  Optional<String> refusal(Map<String, String> value);
}
