// SPDX-License-Identifier: Apache-2.0
package dev.credence.act;

import dev.credence.act.request.WriteRefused;
import dev.credence.facts.object.ObjectRef;

/// Refusals for tests of others.
public final class Refusals {

  public static WriteRefused refused(ObjectRef subject, String why) {
    return WriteRefused.of(subject, why);
  }

  public static WriteRefused raced(ObjectRef subject) {
    return WriteRefused.raced(subject);
  }

  private Refusals() {}
}
