// SPDX-License-Identifier: Apache-2.0

/// A cluster in memory, for tests: real Kubernetes objects with versions, field owners and a clock
/// that moves when it is told to. Start at [dev.credence.world.World].
package dev.credence.world;
