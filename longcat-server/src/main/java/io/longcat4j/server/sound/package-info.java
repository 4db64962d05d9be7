/** Formats of sound on the wire. */
@NullMarked
package io.longcat4j.server.sound;

import org.jspecify.annotations.NullMarked;
