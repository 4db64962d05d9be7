/** What {@code longcat evaluate} shows and writes. */
@NullMarked
package io.longcat4j.cli.evaluate;

import org.jspecify.annotations.NullMarked;
