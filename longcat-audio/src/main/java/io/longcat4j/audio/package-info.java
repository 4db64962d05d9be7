/** Ears and a voice: sound to rows of embeddings, codec frames to sound. */
@NullMarked
package io.longcat4j.audio;

import org.jspecify.annotations.NullMarked;
