package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Acoustic vectors to codes: each codebook names what those before it have left. Immutable and
 * thread-safe.
 */
final class ResidualQuantiser {
  private final int size;
  private final List<Pair> codebooks;

  private ResidualQuantiser(int size, List<Pair> codebooks) {
    this.size = size;
    this.codebooks = List.copyOf(codebooks);
  }

  private record Pair(Codebook a, Codebook b) {}

  static ResidualQuantiser read(CodecEncoderConfig config, TensorSource source) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < config.codebooks(); i++) {
      String prefix = "acoustic_quantizer.quantizers." + i + ".";
      int size = config.codebookSize();
      int dim = config.searchDims().get(i);
      pairs.add(
          new Pair(
              Codebook.read(source, prefix, "a", size, dim, config.latentDim()),
              Codebook.read(source, prefix, "b", size, dim, config.latentDim())));
    }
    return new ResidualQuantiser(config.codebookSize(), pairs);
  }

  /** Codes of each frame, one for each codebook. */
  int[][] codes(Frames latent) {
    int[][] codes = new int[latent.count()][codebooks.size()];
    int width = latent.width();
    for (int frame = 0; frame < codes.length; frame++) {
      float[] rest = Arrays.copyOfRange(latent.values(), frame * width, (frame + 1) * width);
      for (int i = 0; i < codebooks.size(); i++) {
        Pair pair = codebooks.get(i);
        int a = pair.a().nearest(rest);
        int b = pair.b().nearest(rest);
        pair.a().subtract(a, rest, 0);
        pair.b().subtract(b, rest, width / 2);
        codes[frame][i] = a * size + b;
      }
    }
    return codes;
  }
}
