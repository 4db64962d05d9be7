/** A {@link io.longcat4j.LongCat} in an application of Spring Boot. */
@NullMarked
package io.longcat4j.boot;

import org.jspecify.annotations.NullMarked;
