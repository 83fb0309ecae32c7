// SPDX-License-Identifier: Apache-2.0
package dev.credence.hooks;

/// ApacheDS with a password policy.
class LdapIT extends LdapContract {

  @Override
  protected boolean hasPolicy() {
    return true;
  }
}
