package io.longcat4j;

import java.util.List;

/**
 * One frame of speech as the model emits it, 60 ms for the published codec.
 *
 * @param semantic index into the semantic codebook
 * @param acoustic indices into the acoustic codebooks, one each
 */
public record CodecFrame(int semantic, List<Integer> acoustic) {
  /** Copies the components. */
  public CodecFrame {
    acoustic = List.copyOf(acoustic);
  }
}
