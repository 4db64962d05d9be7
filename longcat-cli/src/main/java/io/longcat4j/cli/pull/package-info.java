/** What {@code longcat pull} shows. */
@NullMarked
package io.longcat4j.cli.pull;

import org.jspecify.annotations.NullMarked;
