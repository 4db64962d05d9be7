package io.longcat4j.benchmarks;

import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/** The functions of {@code floors.h}, one to one. */
@Platform(include = "floors.h", library = "jnilongcat_floors", compiler = "cpp17")
@NoException
final class FloorKernels {
  static final int F32 = 0;
  static final int BF16 = 1;

  private FloorKernels() {}

  @Name("longcat_floor_read")
  static native double read(long bytes, int threads, int passes);

  @Name("longcat_floor_compute")
  static native double compute(int kind, int threads, int passes);
}
