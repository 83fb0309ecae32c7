// SPDX-License-Identifier: Apache-2.0

/// Clients of the API server: pages of long lists, pings of watches, metadata alone, what an answer
/// may lack.
@NullMarked
package dev.credence.client;

import org.jspecify.annotations.NullMarked;
