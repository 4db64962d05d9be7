package io.longcat4j.benchmarks;

import io.longcat4j.BackendException;
import io.longcat4j.benchmarks.FloorKernels.Meter;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Measures with native code: a pass over the next part of one buffer that is far larger than the
 * caches, and a loop over registers for each kind of product. Owns the buffer.
 */
final class FloorMeter implements FloorProbe {
  /** So large that a part has left every cache before its turn comes again. */
  private static final long BUFFER_BYTES = 1L << 30;

  private static final long PASS_BYTES = 256L << 20;
  private static final long ROUNDS = 150_000;

  private final int threads;
  private final long passBytes;
  private final long rounds;
  private @Nullable Meter meter;

  private FloorMeter(int threads, long passBytes, long rounds, Meter meter) {
    this.threads = threads;
    this.passBytes = passBytes;
    this.rounds = rounds;
    this.meter = meter;
  }

  /**
   * Fills the buffer and finds the fastest way to read it, for about a second.
   *
   * @throws BackendException if this build has no native code, or there is no memory
   */
  static FloorMeter open(int threads) {
    return open(threads, BUFFER_BYTES, PASS_BYTES, ROUNDS);
  }

  static FloorMeter open(int threads, long bufferBytes, long passBytes, long rounds) {
    if (!isAvailable()) {
      throw new BackendException(
          "longcat-benchmarks was built without native code for "
              + Loader.getPlatform()
              + ", so the machine's floors cannot be measured; build it where g++ or clang++ is"
              + " installed");
    }
    Loader.load(FloorKernels.class);
    Meter meter = FloorKernels.open(bufferBytes, threads, passBytes);
    if (meter == null) {
      throw new BackendException(
          "there is no memory for a buffer of %d bytes that measures reading; end other programs"
              .formatted(bufferBytes));
    }
    return new FloorMeter(threads, passBytes, rounds, meter);
  }

  /** Whether this build has the native code that measures. */
  static boolean isAvailable() {
    String file = System.mapLibraryName("jnilongcat_floors");
    return FloorKernels.class.getResource(Loader.getPlatform() + "/" + file) != null;
  }

  @Override
  public Floors sample() {
    if (meter == null) {
      throw new IllegalStateException("closed");
    }
    return new Floors(
        threads,
        FloorKernels.read(meter, passBytes),
        FloorKernels.compute(FloorKernels.F32, threads, rounds),
        FloorKernels.compute(FloorKernels.BF16, threads, rounds));
  }

  /** Frees the buffer; idempotent. */
  @Override
  public void close() {
    if (meter != null) {
      FloorKernels.close(meter);
      meter = null;
    }
  }
}
