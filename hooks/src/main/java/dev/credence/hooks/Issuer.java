// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

import java.util.Map;
import java.util.Set;

/// A provider that generates the value itself. `issue` has one order for all of them: nothing is
/// created before the API server admits the write, and what an interrupted run left is deleted
/// before the next one is created.
public interface Issuer {

  /// What the provider issued.
  ///
  /// @param name of it, for messages. Not secret
  /// @param keys of the pending Secret, with their values
  record Issued(String name, Map<String, String> keys) {
    public Issued {
      keys = Map.copyOf(keys);
    }

    /// Without the values.
    @Override
    public String toString() {
      return name;
    }
  }

  /// Deletes what attempts that were cut off created: what has the tag of the Secret and is not in
  /// use.
  void clear(Inputs inputs) throws Exception;

  Issued create(Inputs inputs) throws Exception;

  /// Deletes what was created and could not be written.
  void discard(Inputs inputs, Issued issued) throws Exception;

  /// Runs the step.
  static String run(Issuer issuer, Inputs inputs) throws Exception {
    try (var pending = PendingSecret.of(inputs)) {
      pending.awaitAdmission(Set.of(inputs.issuedKey(), inputs.issuedIdKey()));
      issuer.clear(inputs);
      var issued = issuer.create(inputs);
      inputs.withhold(issued.keys().getOrDefault(inputs.issuedKey(), ""));
      try {
        pending.write(issued.keys());
      } catch (Failure failure) {
        // The operator uses nothing that a Job wrote which failed.
        discard(issuer, inputs, issued);
        throw failure;
      }
      return "%s is issued for version %s.".formatted(issued.name(), inputs.version());
    }
  }

  /// What stays is deleted by the next attempt.
  private static void discard(Issuer issuer, Inputs inputs, Issued issued) throws Exception {
    try {
      issuer.discard(inputs, issued);
    } catch (Failure failure) {
      // The failure of the write is the one to report.
    }
  }
}
