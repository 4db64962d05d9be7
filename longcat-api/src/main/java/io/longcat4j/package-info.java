/**
 * What an application sees: build a {@link io.longcat4j.LongCat}, ask it with a {@link
 * io.longcat4j.Prompt}, read the {@link io.longcat4j.Reply}.
 *
 * <p>All values are immutable. All errors are {@link io.longcat4j.LongCatException}s whose messages
 * say what was wrong, where, and what to do.
 */
@NullMarked
package io.longcat4j;

import org.jspecify.annotations.NullMarked;
