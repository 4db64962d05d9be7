/**
 * Readers for everything a checkpoint directory holds: safetensors, PyTorch files, Kaldi matrices,
 * configurations. Knows {@code tensor}.
 */
@NullMarked
package io.longcat4j.checkpoint;

import org.jspecify.annotations.NullMarked;
