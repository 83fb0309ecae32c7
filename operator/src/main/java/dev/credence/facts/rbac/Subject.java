// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

/// Whom a binding names. A name that is no `Account` may still mean a ServiceAccount: each is also
/// a user, and in three groups.
public sealed interface Subject {

  record Account(String namespace, String name) implements Subject {}

  record User(String name) implements Subject {}

  record Group(String name) implements Subject {}
}
