package io.longcat4j.audio;

import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.KaldiMatrix;
import java.nio.file.Path;

/** Samples to the vectors that the audio encoder reads. Immutable and thread-safe. */
final class FeatureExtractor {
  private final PreprocessorConfig config;
  private final Fbank fbank;
  private final Deltas deltas;
  private final MeanVariance meanVariance;

  FeatureExtractor(PreprocessorConfig config, MeanVariance meanVariance) {
    this.config = config;
    this.fbank = new Fbank(config.fbank());
    this.deltas = new Deltas(config.delta());
    this.meanVariance = meanVariance;
  }

  static FeatureExtractor open(Path directory) {
    Path audio = directory.resolve("audio");
    PreprocessorConfig config =
        PreprocessorConfig.of(ConfigFile.json(audio.resolve("preprocessor_config.json")));
    KaldiMatrix statistics = KaldiMatrix.read(audio.resolve("global_cmvn"));
    return new FeatureExtractor(
        config, new MeanVariance(statistics, config.frameWidth(), "audio/global_cmvn"));
  }

  PreprocessorConfig config() {
    return config;
  }

  /** Vectors for so many samples: one for each started stride of frames. */
  int vectors(int samples) {
    return config.splice().vectors(fbank.frames(samples));
  }

  Frames fbank(float[] samples) {
    return fbank.of(samples);
  }

  Frames features(float[] samples) {
    return splice(meanVariance.normalise(deltas.append(fbank.of(samples))));
  }

  /** The same, for samples that come bit by bit. */
  FeatureStream open() {
    PreprocessorConfig.SpliceConfig spliced = config.splice();
    return new FeatureStream(
        config,
        fbank,
        meanVariance,
        new FrameWindow(deltas::append, deltas.reach(), deltas.reach(), 1),
        new FrameWindow(this::splice, spliced.left(), spliced.right(), spliced.stride()));
  }

  private Frames splice(Frames frames) {
    PreprocessorConfig.SpliceConfig splice = config.splice();
    int count = splice.vectors(frames.count());
    int neighbours = splice.left() + 1 + splice.right();
    int width = frames.width();
    float[] out = new float[Math.multiplyExact(count, width * neighbours)];
    for (int vector = 0; vector < count; vector++) {
      for (int neighbour = 0; neighbour < neighbours; neighbour++) {
        int frame = vector * splice.stride() + neighbour - splice.left();
        int source = Math.max(0, Math.min(frames.count() - 1, frame));
        int at = (vector * neighbours + neighbour) * width;
        System.arraycopy(frames.values(), source * width, out, at, width);
      }
    }
    return new Frames(count, width * neighbours, out);
  }
}
