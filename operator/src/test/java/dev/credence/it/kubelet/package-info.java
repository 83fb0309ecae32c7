/// Plays kubelet for chosen pods of a test: their commands run as processes of this machine.
@NullMarked
package dev.credence.it.kubelet;

import org.jspecify.annotations.NullMarked;
