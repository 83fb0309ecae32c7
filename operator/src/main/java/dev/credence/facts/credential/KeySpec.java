// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

/// One key of a generated Secret and how its value is made.
public record KeySpec(String name, Generator generator) {}
