package io.longcat4j.cuda;

import io.longcat4j.compute.Integers;
import java.util.Objects;

/** Whole numbers in memory of the device, which a stream copies to pinned memory of the host. */
final class CudaIntegers implements Integers {
  private final CudaContext context;
  private final int most;
  private final CudaMemory onDevice;
  private final CudaMemory onHost;

  /** The numbers that were made last. */
  private int[] known = {};

  private int count;
  private boolean isFetched;

  CudaIntegers(CudaContext context, int most) {
    this.context = context;
    this.most = most;
    this.onDevice = context.allocate("integers", (long) Integer.BYTES * most);
    this.onHost =
        context.own(
            "integers", backend -> CudaCalls.readoutOpen(backend, most), CudaCalls::readoutClose);
  }

  /** The numbers, if this backend made them. */
  static CudaIntegers of(Integers integers, CudaContext context) {
    if (!(integers instanceof CudaIntegers known) || known.context != context) {
      throw new IllegalArgumentException("the integers were made by another backend");
    }
    return known;
  }

  /** Where a stream makes them; inside an operation only. */
  long memory() {
    return onDevice.address();
  }

  /** Where a stream copies them to; inside an operation only. */
  long readout() {
    return onHost.address();
  }

  /** Requires room for so many, before a stream makes them. */
  void require(long numbers) {
    if (numbers > most) {
      throw new IllegalArgumentException(numbers + " integers, where there is room for " + most);
    }
  }

  /** So many are being made. */
  void filled(int numbers) {
    count = numbers;
    isFetched = false;
  }

  @Override
  public int get(int index) {
    Objects.checkIndex(index, count);
    if (!isFetched) {
      fetch();
      isFetched = true;
    }
    return known[index];
  }

  private void fetch() {
    if (known.length < count) {
      known = new int[count];
    }
    int bytes = Integer.BYTES * count;
    try (CudaContext.Turn turn = context.begin("integers")) {
      var host = turn.host().of(bytes);
      turn.end(CudaCalls.readoutCopy(turn.backend(), readout(), 0, count, host, bytes));
      host.asIntBuffer().get(known, 0, count);
    }
  }

  @Override
  public void close() {
    count = 0;
    onHost.close();
    onDevice.close();
  }
}
