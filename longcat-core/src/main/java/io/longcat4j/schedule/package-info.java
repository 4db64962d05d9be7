/** Continuous batching: requests join and leave the passes of one model at every step. */
@NullMarked
package io.longcat4j.schedule;

import org.jspecify.annotations.NullMarked;
