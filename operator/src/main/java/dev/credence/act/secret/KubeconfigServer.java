// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import java.util.Optional;

/// What generated kubeconfigs say of the API server: its address, and the certificate authorities
/// that prove it, in PEM; empty: those that the operator itself trusts.
public record KubeconfigServer(String address, Optional<String> authorities) {}
