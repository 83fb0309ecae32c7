/// What people type: the report, explanations, and requests by annotation. Nothing here acts by
/// itself: a request is written for the operator, in the name of who asks.
@NullMarked
package dev.credence.command;

import org.jspecify.annotations.NullMarked;
