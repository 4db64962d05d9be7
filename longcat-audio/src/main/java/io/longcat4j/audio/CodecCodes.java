package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.onnx.OnnxValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checked frames of an utterance, taken apart as the codec's tables want them. */
final class CodecCodes {
  private final CodecConfig config;
  private final List<CodecFrame> frames;
  private final int codebooks;

  private CodecCodes(CodecConfig config, List<CodecFrame> frames, int codebooks) {
    this.config = config;
    this.frames = frames;
    this.codebooks = codebooks;
  }

  /**
   * A stretch of the utterance as inputs of the graph.
   *
   * @param frames how many
   * @param values for each table, its entries
   */
  record Inputs(int frames, Map<String, OnnxValue> values) {}

  /**
   * Checks all frames.
   *
   * @param frames at least one
   * @param first the place of the first one in its utterance, for messages
   * @param codebooks acoustic codes that each must have, or 0 for as many as the first one
   */
  static CodecCodes of(List<CodecFrame> frames, CodecConfig config, long first, int codebooks) {
    int expected = codebooks == 0 ? frames.get(0).acoustic().size() : codebooks;
    for (int i = 0; i < frames.size(); i++) {
      CodecFrame frame = frames.get(i);
      long place = first + i;
      requireCodebooks(frame, expected, config, place);
      require(frame.semantic(), config.semanticTokens(), place, "semantic code");
      long codes = (long) config.codebookSize() * config.codebookSize();
      for (int codebook = 0; codebook < expected; codebook++) {
        require(frame.acoustic().get(codebook), codes, place, "acoustic code " + codebook);
      }
    }
    return new CodecCodes(config, frames, expected);
  }

  int codebooks() {
    return codebooks;
  }

  Inputs inputs(int from, int to) {
    List<CodecFrame> stretch = frames.subList(from, to);
    Map<String, OnnxValue> inputs = new HashMap<>();
    long[] semantic = stretch.stream().mapToLong(CodecFrame::semantic).toArray();
    inputs.put(CodecMemoryGraph.SEMANTIC, OnnxValue.of(semantic, semantic.length));
    for (int codebook = 0; codebook < config.codebooks(); codebook++) {
      split(stretch, codebook, inputs);
    }
    return new Inputs(stretch.size(), inputs);
  }

  /** A code is {@code a * size + b}; a codebook that is left out points at the zero rows. */
  private void split(List<CodecFrame> stretch, int codebook, Map<String, OnnxValue> inputs) {
    int size = config.codebookSize();
    long[] a = new long[stretch.size()];
    long[] b = new long[stretch.size()];
    for (int frame = 0; frame < a.length; frame++) {
      boolean given = codebook < codebooks;
      int code = given ? stretch.get(frame).acoustic().get(codebook) : 0;
      a[frame] = given ? code / size : size;
      b[frame] = given ? code % size : size;
    }
    inputs.put(CodecMemoryGraph.codes(codebook, "a"), OnnxValue.of(a, a.length));
    inputs.put(CodecMemoryGraph.codes(codebook, "b"), OnnxValue.of(b, b.length));
  }

  private static void requireCodebooks(
      CodecFrame frame, int expected, CodecConfig config, long place) {
    int count = frame.acoustic().size();
    if (count != expected || count < 1 || count > config.codebooks()) {
      throw new InvalidRequestException(
          "Codec frame "
              + place
              + " has "
              + count
              + " acoustic codes, but this codec takes 1 to "
              + config.codebooks()
              + ", as many in every frame; use the codec shipped with the checkpoint");
    }
  }

  private static void require(int code, long size, long place, String what) {
    if (code < 0 || code >= size) {
      throw new InvalidRequestException(
          "Codec frame "
              + place
              + ": "
              + what
              + " is "
              + code
              + ", but the codebook holds 0 to "
              + (size - 1)
              + "; take the model's ids minus 32");
    }
  }
}
