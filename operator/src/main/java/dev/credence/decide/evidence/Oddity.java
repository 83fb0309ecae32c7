// SPDX-License-Identifier: Apache-2.0
package dev.credence.decide.evidence;

import dev.credence.facts.evidence.Sighting;

/// Behaviour of an account that differs from what it did before, with the first event as an
/// example.
public record Oddity(Kind kind, String message, Sighting example) {

  public enum Kind {
    NewPlace("Requests from a network that the account did not use before."),
    NewAgent("Requests by a program that the account did not use before."),
    NewRight("A verb on a kind of object that the account did not use before."),
    NewNamespace("Requests in a namespace that the account did not use before."),
    ForbiddenRequest("Requests that the API server denied, where it denied none before."),
    TokenRequested("The account requested a token for the first time."),
    UserImpersonated("The account impersonated another user for the first time."),
    CommandExecuted("The account ran a command in a pod, or attached to one, for the first time."),
    SecretsListed("The account listed Secrets for the first time."),
    HighRate("Many more requests in an hour than in the busiest hours of the week before."),
    UsedWhileSuspended("Requests while the identity was suspended or decommissioned."),
    RetiredVersionUsed("Requests with a credential after its version was retired."),
    PersonalClient("A client that people use, with the credential of a machine.");

    private final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }

    public String meaning() {
      return meaning;
    }
  }
}
