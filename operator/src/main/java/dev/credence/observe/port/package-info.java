/// What readers may ask of the caches.
@NullMarked
package dev.credence.observe.port;

import org.jspecify.annotations.NullMarked;
