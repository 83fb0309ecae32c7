// SPDX-License-Identifier: Apache-2.0

/// The operator's container image: built from the JDK and the C library of the machine that builds
/// it, without a daemon, a base image or a registry.
@NullMarked
package dev.credence.image;

import org.jspecify.annotations.NullMarked;
