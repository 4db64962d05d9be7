/** Conversations in the message format of the published demo, as JSON. */
@NullMarked
package io.longcat4j.messages;

import org.jspecify.annotations.NullMarked;
