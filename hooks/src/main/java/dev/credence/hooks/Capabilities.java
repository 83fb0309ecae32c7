// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.util.Set;

/// What a system can do. The table in the documentation is generated from it.
///
/// @param overlap how both the current and the previous value stay valid during a rotation
/// @param suspend how accounts are locked
/// @param sessions what becomes of open sessions when a value ends or an account is locked
/// @param password how the value reaches the system, and so what its logs could contain
/// @param grants what the administrative account requires
/// @param tested what the driver is tested against
public record Capabilities(
    Set<Step> steps,
    String overlap,
    String suspend,
    String sessions,
    String password,
    String grants,
    String tested) {

  public Capabilities {
    steps = Set.copyOf(steps);
  }
}
