// SPDX-License-Identifier: Apache-2.0

/// A cluster in memory, for tests: real Kubernetes objects with versions, field owners and a clock
/// that moves when it is told to. Start at [dev.credence.world.World].
///
/// This model of the API server abstracts from requests: [dev.credence.world.World] carries out
/// all actions on objects, with preconditions, resource versions, field owners, garbage collection
/// and stale caches. No HTTP, schema, admission or RBAC of the operator, and a secret value is a
/// number. Decisions, stories and properties run in it; `dev.credence.modelcheck` and
/// `dev.credence.testing` have the other two models.
package dev.credence.world;
