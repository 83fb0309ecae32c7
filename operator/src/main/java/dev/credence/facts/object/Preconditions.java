// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.object;

/// The very object that was judged. A write that carries it cannot hit a later one of the same
/// name.
public record Preconditions(String uid, String resourceVersion) {}
