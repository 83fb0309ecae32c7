// SPDX-License-Identifier: Apache-2.0

/// Argo CD's own program judges what the chart brings for it: start at [ArgoCdIT].
@NullMarked
package dev.credence.system.argocd;

import org.jspecify.annotations.NullMarked;
