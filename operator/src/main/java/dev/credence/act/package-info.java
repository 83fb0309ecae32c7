/// Make it so: the only writers. One method for each action, each safe to repeat.
@NullMarked
package dev.credence.act;

import org.jspecify.annotations.NullMarked;
