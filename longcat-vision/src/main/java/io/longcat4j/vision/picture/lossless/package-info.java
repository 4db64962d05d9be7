/**
 * Lossless WebP pictures (VP8L) to pixels. Own code, because readers that are to be had decode
 * streams that are cut off to wrong pixels, run on at their end for minutes, or cannot be stopped.
 */
@NullMarked
package io.longcat4j.vision.picture.lossless;

import org.jspecify.annotations.NullMarked;
