/// What is wrong with the identities of a namespace, as viewers of policy reports are told it.
@NullMarked
package dev.credence.decide.results;

import org.jspecify.annotations.NullMarked;
