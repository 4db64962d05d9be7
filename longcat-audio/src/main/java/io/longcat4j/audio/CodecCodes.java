package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.onnx.OnnxValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checked codes of an utterance, taken apart as the codec's tables want them. */
final class CodecCodes {
  private final CodecConfig config;
  private final int frames;
  private final Map<String, OnnxValue> inputs = new HashMap<>();

  private CodecCodes(CodecConfig config, int frames) {
    this.config = config;
    this.frames = frames;
  }

  static CodecCodes of(List<CodecFrame> frames, CodecConfig config) {
    if (frames.isEmpty()) {
      throw new InvalidRequestException("There are no codec frames to speak; pass at least one");
    }
    CodecCodes codes = new CodecCodes(config, frames.size());
    int codebooks = codes.requireSameCodebooks(frames);
    long[] semantic = new long[frames.size()];
    for (int frame = 0; frame < semantic.length; frame++) {
      semantic[frame] =
          require(frames.get(frame).semantic(), config.semanticTokens(), frame, "semantic code");
    }
    codes.inputs.put(CodecMemoryGraph.SEMANTIC, OnnxValue.of(semantic, semantic.length));
    for (int codebook = 0; codebook < config.codebooks(); codebook++) {
      codes.split(frames, codebook, codebook < codebooks);
    }
    return codes;
  }

  Map<String, OnnxValue> inputs() {
    return inputs;
  }

  /** A code is {@code a * size + b}; a codebook that is left out points at the zero rows. */
  private void split(List<CodecFrame> utterance, int codebook, boolean given) {
    int size = config.codebookSize();
    long[] a = new long[frames];
    long[] b = new long[frames];
    for (int frame = 0; frame < frames; frame++) {
      if (given) {
        int code = utterance.get(frame).acoustic().get(codebook);
        require(code, (long) size * size, frame, "acoustic code " + codebook);
        a[frame] = code / size;
        b[frame] = code % size;
      } else {
        a[frame] = size;
        b[frame] = size;
      }
    }
    inputs.put(CodecMemoryGraph.codes(codebook, "a"), OnnxValue.of(a, frames));
    inputs.put(CodecMemoryGraph.codes(codebook, "b"), OnnxValue.of(b, frames));
  }

  private int requireSameCodebooks(List<CodecFrame> utterance) {
    int codebooks = utterance.get(0).acoustic().size();
    for (int frame = 0; frame < frames; frame++) {
      int count = utterance.get(frame).acoustic().size();
      if (count != codebooks || count < 1 || count > config.codebooks()) {
        throw new InvalidRequestException(
            "Codec frame "
                + frame
                + " has "
                + count
                + " acoustic codes, but this codec takes 1 to "
                + config.codebooks()
                + ", as many in every frame; use the codec shipped with the checkpoint");
      }
    }
    return codebooks;
  }

  private static int require(int code, long size, int frame, String what) {
    if (code < 0 || code >= size) {
      throw new InvalidRequestException(
          "Codec frame "
              + frame
              + ": "
              + what
              + " is "
              + code
              + ", but the codebook holds 0 to "
              + (size - 1)
              + "; take the model's ids minus 32");
    }
    return code;
  }
}
