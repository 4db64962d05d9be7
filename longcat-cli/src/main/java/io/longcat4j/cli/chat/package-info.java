/** {@code longcat chat}: a conversation in a terminal, in writing or spoken. */
@NullMarked
package io.longcat4j.cli.chat;

import org.jspecify.annotations.NullMarked;
