// SPDX-License-Identifier: Apache-2.0
package dev.credence.act.secret;

import java.util.Optional;

/// The API server in generated kubeconfigs: its address, and its certificate authorities in PEM;
/// empty: those that the operator itself trusts.
public record KubeconfigServer(String address, Optional<String> authorities) {}
