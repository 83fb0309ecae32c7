// SPDX-License-Identifier: Apache-2.0

/// The container images of the operator and of the drivers of hooks: built from the JDK and the C
/// library of the machine that builds them, without a daemon, a base image or a registry.
@NullMarked
package dev.credence.image;

import org.jspecify.annotations.NullMarked;
