/** Requests that are answered whole or word by word. */
@NullMarked
package io.longcat4j.server.chat;

import org.jspecify.annotations.NullMarked;
