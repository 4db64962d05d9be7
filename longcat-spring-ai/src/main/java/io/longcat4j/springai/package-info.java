/** A {@link io.longcat4j.LongCat} as the models of Spring AI. */
@NullMarked
package io.longcat4j.springai;

import org.jspecify.annotations.NullMarked;
