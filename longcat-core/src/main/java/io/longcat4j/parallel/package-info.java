/** Ranks and collectives. */
@NullMarked
package io.longcat4j.parallel;

import org.jspecify.annotations.NullMarked;
