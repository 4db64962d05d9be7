package io.longcat4j.audio;

/**
 * Derivatives over time, appended to each frame; the first and last frame are repeated beyond the
 * ends. Immutable and thread-safe.
 */
final class Deltas {
  private final float[][] kernels;

  Deltas(PreprocessorConfig.DeltaConfig config) {
    kernels = new float[config.order()][];
    double[] base = slope(config.reach());
    double[] kernel = {1};
    for (int order = 0; order < kernels.length; order++) {
      kernel = convolve(kernel, base);
      kernels[order] = toFloats(kernel);
    }
  }

  /** Frames on each side that the highest derivative looks at. */
  int reach() {
    return kernels.length == 0 ? 0 : kernels[kernels.length - 1].length / 2;
  }

  Frames append(Frames frames) {
    if (kernels.length == 0) {
      return frames;
    }
    int width = frames.width();
    int wide = width * (kernels.length + 1);
    float[] out = new float[Math.multiplyExact(frames.count(), wide)];
    for (int frame = 0; frame < frames.count(); frame++) {
      System.arraycopy(frames.values(), frame * width, out, frame * wide, width);
      for (int order = 0; order < kernels.length; order++) {
        derive(frames, frame, kernels[order], out, frame * wide + (order + 1) * width);
      }
    }
    return new Frames(frames.count(), wide, out);
  }

  private static void derive(Frames frames, int frame, float[] kernel, float[] out, int at) {
    int reach = kernel.length / 2;
    for (int column = 0; column < frames.width(); column++) {
      double sum = 0;
      for (int tap = 0; tap < kernel.length; tap++) {
        int source = Math.max(0, Math.min(frames.count() - 1, frame + tap - reach));
        sum += (double) kernel[tap] * frames.values()[source * frames.width() + column];
      }
      out[at + column] = (float) sum;
    }
  }

  /** The least-squares slope over {@code 2 reach + 1} frames. */
  private static double[] slope(int reach) {
    double[] kernel = new double[2 * reach + 1];
    double squares = reach * (reach + 1.0) * (2.0 * reach + 1) / 3;
    for (int tap = 0; tap < kernel.length; tap++) {
      kernel[tap] = (tap - reach) / squares;
    }
    return kernel;
  }

  private static double[] convolve(double[] a, double[] b) {
    double[] product = new double[a.length + b.length - 1];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        product[i + j] += a[i] * b[j];
      }
    }
    return product;
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
