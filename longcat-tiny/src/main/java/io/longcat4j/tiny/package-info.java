/** LongCat-Tiny, a small trained checkpoint, as an artifact. */
@NullMarked
package io.longcat4j.tiny;

import org.jspecify.annotations.NullMarked;
