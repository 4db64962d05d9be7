/** Where the latent keys and values of running sequences live. */
@NullMarked
package io.longcat4j.cache;

import org.jspecify.annotations.NullMarked;
