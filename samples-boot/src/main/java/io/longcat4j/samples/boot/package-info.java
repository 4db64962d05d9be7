/** A Spring Boot application that sees and speaks. */
@NullMarked
package io.longcat4j.samples.boot;

import org.jspecify.annotations.NullMarked;
