/**
 * The command line {@code longcat}: one class per command, options shared by several commands as
 * mix-ins. Knows everything; nothing knows it.
 */
@NullMarked
package io.longcat4j.cli;

import org.jspecify.annotations.NullMarked;
