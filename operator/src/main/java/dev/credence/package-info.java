/// Credence: machine-identity governance for Kubernetes. `Main` wires; start reading at
/// `decide/Decide`.
@NullMarked
package dev.credence;

import org.jspecify.annotations.NullMarked;
