// SPDX-License-Identifier: Apache-2.0

/// `notify`: groups problems by owner, and sends them by e-mail or to a webhook.
@NullMarked
package dev.credence.cli.notify;

import org.jspecify.annotations.NullMarked;
