/** Where the latent keys and values of sequences live, and how sequences share them. */
@NullMarked
package io.longcat4j.cache;

import org.jspecify.annotations.NullMarked;
