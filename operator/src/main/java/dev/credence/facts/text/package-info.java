/// Texts of users: what is invisible in them, digests, patterns.
@NullMarked
package dev.credence.facts.text;

import org.jspecify.annotations.NullMarked;
