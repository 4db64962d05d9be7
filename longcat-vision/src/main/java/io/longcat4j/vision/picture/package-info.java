/**
 * Picture files to pixels, value for value as the reference reads them. Every decoder checks each
 * length before it uses it, fails at the end of its input, and asks whether the picture is still
 * wanted. Knows {@code longcat-media}.
 */
@NullMarked
package io.longcat4j.vision.picture;

import org.jspecify.annotations.NullMarked;
