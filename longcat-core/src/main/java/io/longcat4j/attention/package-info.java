/** Which cached positions the rows of a pass look at: page tables, spans of rows and policies. */
@NullMarked
package io.longcat4j.attention;

import org.jspecify.annotations.NullMarked;
