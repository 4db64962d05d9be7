/** What {@code longcat quantize} shows. */
@NullMarked
package io.longcat4j.cli.quantize;

import org.jspecify.annotations.NullMarked;
