package io.longcat4j.benchmarks;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Opaque;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/** The functions of {@code floors.h}, one to one. */
@Platform(include = "floors.h", library = "jnilongcat_floors", compiler = "cpp17")
@NoException
final class FloorKernels {
  static final int F32 = 0;
  static final int BF16 = 1;

  private FloorKernels() {}

  /** A buffer that is read part by part. */
  @Name("longcat_meter")
  @Opaque
  static final class Meter extends Pointer {
    Meter(@Nullable Pointer address) {
      super(address);
    }
  }

  @Name("longcat_meter_open")
  static native @Nullable Meter open(long bytes, int threads, long pass);

  @Name("longcat_meter_read")
  static native double read(Meter meter, long bytes);

  @Name("longcat_meter_close")
  static native void close(Meter meter);

  @Name("longcat_floor_compute")
  static native double compute(int kind, int threads, long rounds);
}
