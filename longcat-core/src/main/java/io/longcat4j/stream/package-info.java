/** From what a model chooses, step by step, to the events that a reader gets. */
@NullMarked
package io.longcat4j.stream;

import org.jspecify.annotations.NullMarked;
