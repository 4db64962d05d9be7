/**
 * The operations a backend gives, and nothing of what they are used for. Knows {@code tensor} and
 * {@code checkpoint}.
 */
@NullMarked
package io.longcat4j.compute;

import org.jspecify.annotations.NullMarked;
