// SPDX-License-Identifier: Apache-2.0

/// The program of the image `credence-hooks`: one step of a hook against one system. `Main` is the
/// command, `Driver` is what each system implements.
@NullMarked
package dev.credence.hooks;

import org.jspecify.annotations.NullMarked;
