// SPDX-License-Identifier: Apache-2.0

/// What several tests need. [dev.credence.testing.FakeApi] is the model of the API server that
/// abstracts from the cluster: it stores nothing, has no versions or caches, and answers what the
/// test says. It keeps the requests of the operator byte by byte and compares them with the RBAC of
/// the chart. `dev.credence.world` and `dev.credence.modelcheck` have the other two models.
package dev.credence.testing;
