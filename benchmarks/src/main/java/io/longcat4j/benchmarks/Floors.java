package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.BackendException;
import org.bytedeco.javacpp.Loader;

/**
 * What the machine can do at best, measured with all threads.
 *
 * @param threads how many
 * @param readBytesPerSecond streaming read over a buffer far larger than the caches
 * @param f32FlopsPerSecond fused multiply-adds that stay in registers, two operations each
 * @param bf16FlopsPerSecond dot products of BF16 pairs that stay in registers; 0 where the
 *     processor has no instruction for them
 */
public record Floors(
    int threads, double readBytesPerSecond, double f32FlopsPerSecond, double bf16FlopsPerSecond) {
  /** Far larger than any cache, small enough for any machine that is worth measuring. */
  private static final long BUFFER_BYTES = 2L << 30;

  private static final int PASSES = 5;

  /**
   * Measures, for about three seconds.
   *
   * @param threads at least 1
   * @return the best of several passes
   * @throws BackendException if this build has no native code
   */
  public static Floors measure(int threads) {
    return measure(threads, BUFFER_BYTES, PASSES);
  }

  static Floors measure(int threads, long bufferBytes, int passes) {
    load();
    return new Floors(
        threads,
        FloorKernels.read(bufferBytes, threads, passes),
        FloorKernels.compute(FloorKernels.F32, threads, passes),
        FloorKernels.compute(FloorKernels.BF16, threads, passes));
  }

  /**
   * Whether this build has the native code that measures.
   *
   * @return false where it was built without a C++ compiler
   */
  public static boolean isAvailable() {
    String file = System.mapLibraryName("jnilongcat_floors");
    return FloorKernels.class.getResource(Loader.getPlatform() + "/" + file) != null;
  }

  private static void load() {
    if (!isAvailable()) {
      throw new BackendException(
          "longcat-benchmarks was built without native code for "
              + Loader.getPlatform()
              + ", so the machine's floors cannot be measured; build it where g++ or clang++ is"
              + " installed");
    }
    Loader.load(FloorKernels.class);
  }

  /**
   * The better of two measurements: a floor is what the machine can do when nothing disturbs it.
   *
   * @param other of the same machine and threads
   * @return the larger of each number
   */
  public Floors best(Floors other) {
    return new Floors(
        threads,
        Math.max(readBytesPerSecond, other.readBytesPerSecond),
        Math.max(f32FlopsPerSecond, other.f32FlopsPerSecond),
        Math.max(bf16FlopsPerSecond, other.bf16FlopsPerSecond));
  }

  /**
   * The peak that products of BF16 weights are measured against.
   *
   * @return BF16 operations a second, or F32 ones where there is no such instruction
   */
  public double productFlopsPerSecond() {
    return bf16FlopsPerSecond > 0 ? bf16FlopsPerSecond : f32FlopsPerSecond;
  }

  /**
   * The peak of whatever is faster here; processors differ, some do F32 at twice the rate of BF16.
   *
   * @return operations a second
   */
  public double bestFlopsPerSecond() {
    return Math.max(bf16FlopsPerSecond, f32FlopsPerSecond);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("threads", threads)
        .put("read_gb_per_s", Figures.rounded(readBytesPerSecond / 1e9))
        .put("f32_gflop_per_s", Figures.rounded(f32FlopsPerSecond / 1e9))
        .put("bf16_gflop_per_s", Figures.rounded(bf16FlopsPerSecond / 1e9));
  }
}
