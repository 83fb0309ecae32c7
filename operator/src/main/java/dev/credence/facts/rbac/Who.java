// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.rbac;

import dev.credence.facts.rbac.Subject.Account;
import dev.credence.facts.rbac.Subject.Group;
import dev.credence.facts.rbac.Subject.User;
import java.util.List;

/// A subject whose rights are evaluated.
public sealed interface Who {

  /// Every subject of a binding that means this one.
  List<Subject> subjects();

  /// A ServiceAccount. `there`: it exists; if not, its rights wait for its creation.
  record ServiceAccount(String namespace, String name, boolean there) implements Who {

    @Override
    public List<Subject> subjects() {
      return List.of(
          new Account(namespace, name),
          new User("system:serviceaccount:" + namespace + ":" + name),
          new Group("system:serviceaccounts"),
          new Group("system:serviceaccounts:" + namespace),
          new Group("system:authenticated"));
    }
  }

  /// A request without a token or certificate.
  record Anonymous() implements Who {

    @Override
    public List<Subject> subjects() {
      return List.of(new User("system:anonymous"), new Group("system:unauthenticated"));
    }
  }
}
