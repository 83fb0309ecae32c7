// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.evidence;

import dev.credence.facts.rbac.Grant;
import java.time.Instant;
import java.util.Optional;

/// A grant, and the time of the last change of its binding and role; empty where it is not
/// known.
public record DatedGrant(Grant grant, Optional<Instant> changed) {}
