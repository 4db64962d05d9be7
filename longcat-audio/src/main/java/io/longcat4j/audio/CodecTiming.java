package io.longcat4j.audio;

/**
 * How late the sound of the codec is: follows the convolutions from the frames to the samples. All
 * of it comes from the configuration.
 */
final class CodecTiming {
  private final CodecConfig config;
  private final int lookAheadFrames;

  CodecTiming(CodecConfig config) {
    this.config = config;
    int frames = 1;
    while (samples(frames) < config.samplesPerFrame()) {
      frames++;
    }
    lookAheadFrames = frames - 1;
  }

  /** Frames that must follow a frame before all of its samples are determined. */
  int lookAheadFrames() {
    return lookAheadFrames;
  }

  /** Steps that a centred upsampling cuts off from both ends. */
  static int upsamplingPad(int ratio) {
    return (ratio + 1) / 2;
  }

  /** Samples that so many frames from the start of an utterance on determine. */
  private long samples(int frames) {
    boolean causal = config.type().causal();
    long steps = (long) frames - CodecWaveformGraph.LOOK_AHEAD;
    for (int ratio : config.ratios()) {
      steps = steps * ratio - (causal ? 0 : upsamplingPad(ratio));
      for (int dilation : CodecWaveformGraph.DILATIONS) {
        steps -= Reach.of(CodecWaveformGraph.TAPS, dilation, causal).after();
      }
    }
    return steps - Reach.of(CodecWaveformGraph.TAPS, 1, causal).after();
  }
}
