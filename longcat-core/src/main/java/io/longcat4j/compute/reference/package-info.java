/** The operations in plain Java: slow, works everywhere, obviously right. */
@NullMarked
package io.longcat4j.compute.reference;

import org.jspecify.annotations.NullMarked;
