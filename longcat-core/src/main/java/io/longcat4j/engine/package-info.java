/** Puts everything together behind {@link io.longcat4j.spi.Engine}. */
@NullMarked
package io.longcat4j.engine;

import org.jspecify.annotations.NullMarked;
