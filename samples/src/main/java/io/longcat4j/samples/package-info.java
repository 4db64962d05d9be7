/**
 * Programs of one page each, with LongCat-Tiny; {@code LongCat.builder().model(directory).build()}
 * in the place of {@code LongCat.tiny()} opens another checkpoint.
 */
@NullMarked
package io.longcat4j.samples;

import org.jspecify.annotations.NullMarked;
