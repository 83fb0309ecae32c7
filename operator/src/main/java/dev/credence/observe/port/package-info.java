// SPDX-License-Identifier: Apache-2.0

/// What readers may ask of the caches.
@NullMarked
package dev.credence.observe.port;

import org.jspecify.annotations.NullMarked;
