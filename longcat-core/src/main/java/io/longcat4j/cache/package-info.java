/** Who holds which pages of the latent cache, and how sequences share them. No tensors. */
@NullMarked
package io.longcat4j.cache;

import org.jspecify.annotations.NullMarked;
