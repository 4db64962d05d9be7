/** Number formats and shapes. */
@NullMarked
package io.longcat4j.tensor;

import org.jspecify.annotations.NullMarked;
