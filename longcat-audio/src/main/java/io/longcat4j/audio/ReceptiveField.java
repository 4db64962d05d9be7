package io.longcat4j.audio;

/**
 * How far around a frame the convolutions of the codec look, in frames. With so much context on
 * both sides a stretch of sound can be computed on its own, and is the same as in one go.
 *
 * @param before frames of the past
 * @param after frames of the future
 */
record ReceptiveField(int before, int after) {

  /** Follows the convolutions from the sound back to the frames. */
  static ReceptiveField of(CodecConfig config) {
    boolean causal = config.type().causal();
    int reach = CodecWaveformGraph.TAPS - 1;
    ReceptiveField field = new ReceptiveField(0, 0).convolution(reach, causal);
    for (int block = config.ratios().size() - 1; block >= 0; block--) {
      for (int dilation : CodecWaveformGraph.DILATIONS) {
        field = field.convolution(reach * dilation, causal);
      }
      field = field.upsampling(config.ratios().get(block), causal);
    }
    return field.convolution(2 * CodecWaveformGraph.LOOK_AHEAD, false);
  }

  private ReceptiveField convolution(int reach, boolean causal) {
    int past = causal ? reach : reach / 2;
    return new ReceptiveField(before + past, after + reach - past);
  }

  private ReceptiveField upsampling(int ratio, boolean causal) {
    if (causal) {
      return new ReceptiveField(ceil(before, ratio), ceil(after, ratio));
    }
    int pad = (ratio + 1) / 2;
    return new ReceptiveField(ceil(before + 2 * ratio - 1 - pad, ratio), ceil(after + pad, ratio));
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }
}
