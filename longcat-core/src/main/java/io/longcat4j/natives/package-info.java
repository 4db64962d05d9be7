/** Native libraries and where they are unpacked. */
@NullMarked
package io.longcat4j.natives;

import org.jspecify.annotations.NullMarked;
