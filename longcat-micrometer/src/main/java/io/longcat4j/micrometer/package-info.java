/** What a {@link io.longcat4j.LongCat} does, as Micrometer meters. */
@NullMarked
package io.longcat4j.micrometer;

import org.jspecify.annotations.NullMarked;
