/** Writes checkpoints whose weights are integers, and tells what that costs. */
@NullMarked
package io.longcat4j.quantize;

import org.jspecify.annotations.NullMarked;
