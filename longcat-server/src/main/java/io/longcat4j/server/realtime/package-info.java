/** Spoken sessions over a WebSocket. */
@NullMarked
package io.longcat4j.server.realtime;

import org.jspecify.annotations.NullMarked;
