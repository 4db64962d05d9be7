package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import io.longcat4j.MediaException;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * One channel from one rate to another, piece by piece, through swresample with a long filter. Owns
 * native memory; {@link #close} is idempotent. Not thread-safe.
 *
 * <p>As many samples come out as the reference's resampler gives: the input's length times the
 * ratio of the rates, rounded up.
 */
final class Resampler implements AutoCloseable {
  /** These three put the filter's slope where the reference's resampler (soxr, HQ) has it. */
  private static final int FILTER_TAPS = 180;

  private static final double CUTOFF = 0.957;
  private static final int KAISER_BETA = 13;
  private static final int MIN_RATE_HZ = 1_000;
  private static final int MAX_RATE_HZ = 1_000_000;
  private static final int BLOCK = 4096;

  private final SwrContext context;
  private final BytePointer input;
  private final BytePointer output;
  private final int outputCapacity;
  private final SampleSink sink;
  private final float[] block;
  private final int fromHz;
  private final int toHz;
  private final long startedAt;
  private long consumed;
  private boolean closed;

  private Resampler(SwrContext context, int fromHz, int toHz, SampleSink sink) {
    this.context = context;
    this.fromHz = fromHz;
    this.toHz = toHz;
    this.sink = sink;
    this.startedAt = sink.size();
    this.outputCapacity = Math.toIntExact(outputLength(BLOCK, fromHz, toHz) + FILTER_TAPS);
    this.input = Ffmpeg.allocate((long) BLOCK * Float.BYTES);
    this.output = Ffmpeg.allocate((long) outputCapacity * Float.BYTES);
    this.block = new float[outputCapacity];
  }

  /**
   * Opens a resampler.
   *
   * @param name of the sound, for messages
   * @param fromHz rate of what goes in
   * @param toHz rate of what comes out
   * @param sink where it goes
   * @return the resampler, owned by the caller
   * @throws MediaException if one of the rates is impossible; nothing has been allocated then
   */
  static Resampler open(String name, int fromHz, int toHz, SampleSink sink) {
    requirePossible(name, fromHz);
    requirePossible(name, toHz);
    SwrContext context = swr_alloc();
    av_opt_set(context, "in_chlayout", "mono", 0);
    av_opt_set(context, "out_chlayout", "mono", 0);
    av_opt_set(context, "in_sample_fmt", "flt", 0);
    av_opt_set(context, "out_sample_fmt", "flt", 0);
    av_opt_set_int(context, "in_sample_rate", fromHz, 0);
    av_opt_set_int(context, "out_sample_rate", toHz, 0);
    av_opt_set_int(context, "filter_size", FILTER_TAPS, 0);
    av_opt_set_double(context, "cutoff", CUTOFF, 0);
    av_opt_set(context, "filter_type", "kaiser", 0);
    av_opt_set_double(context, "kaiser_beta", KAISER_BETA, 0);
    int status = swr_init(context);
    if (status < 0) {
      swr_free(context);
      throw new MediaException(
          "Sound of "
              + fromHz
              + " Hz cannot be brought to "
              + toHz
              + " Hz ("
              + Ffmpeg.describe(status)
              + "); resample it to 16000 Hz first");
    }
    return new Resampler(context, fromHz, toHz, sink);
  }

  private static void requirePossible(String name, int rateHz) {
    if (rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
      throw new MediaException(
          name
              + " has "
              + rateHz
              + " Hz, but sound of 1000 to 1000000 Hz can be resampled; correct the rate (the"
              + " header of a file may be damaged), or resample the sound to 16000 Hz first");
    }
  }

  /** Samples of the input that one sample of the output depends on, and a few more. */
  static int reachSamples(int fromHz, int toHz) {
    double ratio = Math.max(1, fromHz / (CUTOFF * toHz));
    return (int) Math.ceil(FILTER_TAPS * ratio) + 8;
  }

  /** Puts samples in. */
  void add(float[] samples) {
    FloatPointer in = new FloatPointer(input);
    for (int from = 0; from < samples.length && !sink.overflowed(); from += BLOCK) {
      int count = Math.min(BLOCK, samples.length - from);
      in.put(samples, from, count);
      consumed += count;
      drain(swr_convert(context, output, outputCapacity, input, count));
    }
  }

  /** Puts out what the filter still holds. */
  void finish() {
    int written;
    do {
      written = swr_convert(context, output, outputCapacity, (@Nullable BytePointer) null, 0);
      drain(written);
    } while (written > 0 && !sink.overflowed());
  }

  /** How many samples the whole output has once this input has ended. */
  long expectedSize() {
    return startedAt + outputLength(consumed, fromHz, toHz);
  }

  private void drain(int written) {
    if (written < 0) {
      throw new MediaException("Resampling failed: " + Ffmpeg.describe(written));
    }
    new FloatPointer(output).get(block, 0, written);
    sink.add(block, written);
  }

  static long outputLength(long count, int fromHz, int toHz) {
    return Math.floorDiv(Math.multiplyExact(count, (long) toHz) + fromHz - 1, fromHz);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      swr_free(context);
      Ffmpeg.free(input);
      Ffmpeg.free(output);
    }
  }
}
