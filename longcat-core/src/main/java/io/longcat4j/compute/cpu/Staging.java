package io.longcat4j.compute.cpu;

import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for the arrays of one operation; grows to the largest and stays. Used inside an
 * operation only.
 */
final class Staging {
  private final CpuContext context;
  private @Nullable CpuMemory memory;
  private long capacity;
  private long used;
  private long[] made = new long[0];

  Staging(CpuContext context) {
    this.context = context;
  }

  /** Makes room; what was put before is void. */
  Staging start(long bytes) {
    used = 0;
    if (memory == null || bytes > capacity) {
      if (memory != null) {
        memory.close();
      }
      capacity = Math.max(2 * capacity, bytes);
      memory = context.allocate("staging area", capacity);
    }
    return this;
  }

  /** Copies an array that needs no other beside it; returns where the copy is. */
  long only(int[] values) {
    return start((long) values.length * Integer.BYTES).ints(values);
  }

  /** Copies; returns where the copy is. Arrays of larger elements come first. */
  long ints(int[] values) {
    CpuContext.check("put", CpuKernels.putInts(values, values.length, base(), used, capacity));
    return advance((long) values.length * Integer.BYTES);
  }

  /** So many numbers, made one by one. */
  long longs(int count, IntToLongFunction values) {
    if (made.length < count) {
      made = new long[count];
    }
    for (int i = 0; i < count; i++) {
      made[i] = values.applyAsLong(i);
    }
    CpuContext.check("put", CpuKernels.putLongs(made, count, base(), used, capacity));
    return advance((long) count * Long.BYTES);
  }

  long doubles(double[] values) {
    CpuContext.check("put", CpuKernels.putDoubles(values, values.length, base(), used, capacity));
    return advance((long) values.length * Double.BYTES);
  }

  private long advance(long bytes) {
    long at = base() + used;
    used += bytes;
    return at;
  }

  private long base() {
    return Objects.requireNonNull(memory, "start comes first").address();
  }
}
