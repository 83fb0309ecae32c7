// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

/// The kind of actor of an identity.
public enum ActorType {
  Workload,
  CICD,
  Bot,
  Integration,
  Infrastructure,
  Operator,
  AIAgent
}
