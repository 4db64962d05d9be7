/** Spoken conversations: who speaks when, and what is done about it. */
@NullMarked
package io.longcat4j.session;

import org.jspecify.annotations.NullMarked;
