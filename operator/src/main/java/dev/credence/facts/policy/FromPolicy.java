// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.policy;

/// A section and the name of the policy that it comes from.
public record FromPolicy<T>(T section, String policy) {}
