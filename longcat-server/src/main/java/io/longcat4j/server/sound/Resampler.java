package io.longcat4j.server.sound;

/**
 * Turns a sound of one rate into the same sound of another, piece by piece: a windowed sinc whose
 * cut-off is below half of the lower rate. However the pieces are cut, together they are the same
 * samples. Not thread-safe.
 */
public final class Resampler {
  /** Zero crossings of the sinc to each side, at the lower rate: 2 ms of delay at 8 kHz. */
  private static final int CROSSINGS = 16;

  private static final double PASS_BAND = 0.92;

  private final int up;
  private final int down;
  private final int half;
  private final float[][] phases;

  /** The samples that later results may need; the first of them is number {@link #first}. */
  private float[] kept = new float[0];

  private long first;
  private long produced;
  private long taken;

  /**
   * Begins a sound.
   *
   * @param from its rate
   * @param to the rate wanted
   */
  public Resampler(int from, int to) {
    int divisor = gcd(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    double cutoff = PASS_BAND * Math.min(1.0, (double) to / from);
    this.half = (int) Math.ceil(CROSSINGS / cutoff);
    this.phases = from == to ? new float[0][] : phases(up, half, cutoff);
  }

  /**
   * Goes on with the sound.
   *
   * @param samples the next ones; stay the caller's
   * @return what is certain now, may be nothing
   */
  public float[] next(float[] samples) {
    if (phases.length == 0) {
      return samples.clone();
    }
    keep(samples);
    long end = Math.max(produced, ceilDiv((taken - half) * up, down));
    return produceTo(end);
  }

  /**
   * Ends the sound: what lacks is silence. Another may begin afterwards.
   *
   * @return the rest
   */
  public float[] end() {
    if (phases.length == 0) {
      return new float[0];
    }
    long end = ceilDiv(taken * up, down);
    keep(new float[half + 1]);
    float[] rest = produceTo(Math.max(produced, end));
    kept = new float[0];
    first = 0;
    produced = 0;
    taken = 0;
    return rest;
  }

  private void keep(float[] samples) {
    long wanted = Math.max(first, produced * down / up - half);
    int drop = (int) Math.min(kept.length, wanted - first);
    float[] joined = new float[kept.length - drop + samples.length];
    System.arraycopy(kept, drop, joined, 0, kept.length - drop);
    System.arraycopy(samples, 0, joined, kept.length - drop, samples.length);
    kept = joined;
    first += drop;
    taken += samples.length;
  }

  private float[] produceTo(long end) {
    float[] result = new float[Math.toIntExact(end - produced)];
    for (int i = 0; i < result.length; i++, produced++) {
      long position = produced * down;
      long centre = position / up;
      float[] taps = phases[(int) (position % up)];
      double sum = 0;
      for (int tap = 0; tap < taps.length; tap++) {
        long index = centre + tap - half + 1 - first;
        if (index >= 0 && index < kept.length) {
          sum += (double) taps[tap] * kept[(int) index];
        }
      }
      result[i] = (float) sum;
    }
    return result;
  }

  /** The weights of the samples around a place that lies a fraction behind one of them. */
  private static float[][] phases(int up, int half, double cutoff) {
    float[][] phases = new float[up][2 * half];
    for (int phase = 0; phase < up; phase++) {
      double fraction = (double) phase / up;
      double total = 0;
      double[] taps = new double[2 * half];
      for (int tap = 0; tap < taps.length; tap++) {
        double distance = tap - half + 1 - fraction;
        taps[tap] = sinc(distance * cutoff) * window(distance / half);
        total += taps[tap];
      }
      for (int tap = 0; tap < taps.length; tap++) {
        phases[phase][tap] = (float) (taps[tap] / total);
      }
    }
    return phases;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  /** Blackman's, from -1 to 1. */
  private static double window(double x) {
    if (Math.abs(x) >= 1) {
      return 0;
    }
    return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
