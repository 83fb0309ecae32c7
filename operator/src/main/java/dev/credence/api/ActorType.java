// SPDX-License-Identifier: Apache-2.0
package dev.credence.api;

/// What kind of actor an identity is.
public enum ActorType {
  Workload,
  CICD,
  Bot,
  Integration,
  Infrastructure,
  Operator,
  AIAgent
}
