/** A {@link io.longcat4j.LongCat} as the models of langchain4j. */
@NullMarked
package io.longcat4j.langchain4j;

import org.jspecify.annotations.NullMarked;
