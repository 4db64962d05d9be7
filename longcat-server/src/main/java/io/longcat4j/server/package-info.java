/** A {@link io.longcat4j.LongCat} over HTTP and WebSocket. */
@NullMarked
package io.longcat4j.server;

import org.jspecify.annotations.NullMarked;
