package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.KaldiMatrix;
import io.longcat4j.checkpoint.NumpyMatrix;

/**
 * Normalisation by the mean and variance of the training data, from {@code audio/global_cmvn} or
 * {@code encoder_cmvn.npy}: row 0 holds sums and, last, the count of frames, row 1 sums of squares.
 * Immutable and thread-safe.
 */
final class MeanVariance {
  private static final float SMALLEST_DEVIATION = 0x1p-23f;

  private final float[] mean;
  private final float[] scale;

  MeanVariance(KaldiMatrix statistics, int width, String file) {
    this(
        new NumpyMatrix(statistics.rows(), statistics.columns(), statistics.values()),
        width,
        file,
        "audio/preprocessor_config.json");
  }

  /**
   * Reads statistics.
   *
   * @param width of a frame
   * @param file where they come from, for messages
   * @param config what makes frames that wide, for messages
   */
  MeanVariance(NumpyMatrix statistics, int width, String file, String config) {
    if (statistics.rows() != 2 || statistics.columns() != width + 1) {
      throw new CheckpointException(
          file
              + " is "
              + statistics.rows()
              + " x "
              + statistics.columns()
              + ", but "
              + config
              + " makes frames of "
              + width
              + " and needs 2 x "
              + (width + 1)
              + "; use the files shipped with the checkpoint");
    }
    double count = statistics.at(0, width);
    if (!(count > 0)) {
      throw new CheckpointException(
          file + ": the count of frames is " + count + ", not above 0; fetch the file again");
    }
    mean = new float[width];
    scale = new float[width];
    for (int column = 0; column < width; column++) {
      double average = statistics.at(0, column) / count;
      double variance = statistics.at(1, column) / count - average * average;
      if (!(variance >= 0) || !Double.isFinite(variance) || !Double.isFinite(average)) {
        throw new CheckpointException(
            file
                + ": column "
                + column
                + " has mean "
                + average
                + " and variance "
                + variance
                + ", which is impossible; fetch the file again");
      }
      mean[column] = (float) average;
      scale[column] = 1 / Math.max(SMALLEST_DEVIATION, (float) Math.sqrt((float) variance));
    }
  }

  Frames normalise(Frames frames) {
    float[] out = new float[frames.values().length];
    for (int i = 0; i < out.length; i++) {
      int column = i % mean.length;
      out[i] = (frames.values()[i] - mean[column]) * scale[column];
    }
    return new Frames(frames.count(), frames.width(), out);
  }
}
