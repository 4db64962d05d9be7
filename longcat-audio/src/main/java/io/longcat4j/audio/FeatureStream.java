package io.longcat4j.audio;

import java.nio.FloatBuffer;

/**
 * Samples that come bit by bit to the vectors that the audio encoder reads. Not thread-safe; holds
 * less than a window of samples and as many frames as derivatives and splices look at.
 */
final class FeatureStream {
  private final Fbank fbank;
  private final MeanVariance meanVariance;
  private final FrameWindow deltas;
  private final FrameWindow splice;
  private final int shift;
  private final FloatQueue samples;
  private int skipped;

  FeatureStream(
      PreprocessorConfig config,
      Fbank fbank,
      MeanVariance meanVariance,
      FrameWindow deltas,
      FrameWindow splice) {
    this(config.fbank().shiftSamples(), fbank, meanVariance, deltas, splice, new FloatQueue());
  }

  private FeatureStream(
      int shift,
      Fbank fbank,
      MeanVariance meanVariance,
      FrameWindow deltas,
      FrameWindow splice,
      FloatQueue samples) {
    this.shift = shift;
    this.fbank = fbank;
    this.meanVariance = meanVariance;
    this.deltas = deltas;
    this.splice = splice;
    this.samples = samples;
  }

  /** Another one that goes on from here by itself. */
  FeatureStream copy() {
    FeatureStream copy =
        new FeatureStream(shift, fbank, meanVariance, deltas.copy(), splice.copy(), samples.copy());
    copy.skipped = skipped;
    return copy;
  }

  /** The vectors that are determined now; with {@code last}, all the rest. */
  Frames push(float[] more, boolean last) {
    samples.add(FloatBuffer.wrap(more));
    skip();
    Frames frames = fbank.of(samples.peek(0, samples.size()));
    skipped = frames.count() * shift;
    skip();
    return splice.push(meanVariance.normalise(deltas.push(frames, last)), last);
  }

  /** A shift may be longer than a window, so that the next one starts beyond what is here. */
  private void skip() {
    int dropped = Math.min(skipped, samples.size());
    samples.drop(dropped);
    skipped -= dropped;
  }
}
