/// The reconcilers and the loops: snapshot, decide, perform, count, status.
@NullMarked
package dev.credence.controller;

import org.jspecify.annotations.NullMarked;
