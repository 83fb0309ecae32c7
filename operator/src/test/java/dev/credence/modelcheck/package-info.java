// SPDX-License-Identifier: Apache-2.0

/// A model checker for the decision core. It goes through all histories of small worlds and checks
/// [safety][dev.credence.modelcheck.Safety] after each step, and
/// [liveness][dev.credence.modelcheck.Liveness] from each state. START at [ExplorationTest].
///
/// The tests have three models of the API server. This one, [Simulator], abstracts from objects: a
/// Secret, a Job or a pod is a row of small numbers, and its resource version follows from them. It
/// knows the actions of rotations only; no labels, field owners, RBAC or bytes. In return all
/// interleavings with stale caches, crashes, failing hooks and users are visited.
///
/// The other two are [dev.credence.world] with real objects and all actions, and
/// [dev.credence.testing.FakeApi] with real requests. What none of them has (schemas, admission
/// policies, controllers of Kubernetes) is tested on clusters, in `system-tests`.
@NullMarked
package dev.credence.modelcheck;

import org.jspecify.annotations.NullMarked;
