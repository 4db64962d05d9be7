package io.longcat4j.cuda;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Frequencies of rotary embeddings on the device, where each set is sent once and stays as long as
 * the backend; a model has one or two. Thread-safe.
 */
final class Frequencies {
  private final CudaContext context;
  private final CopyOnWriteArrayList<Kept> kept = new CopyOnWriteArrayList<>();

  private static final class Kept {
    private final double[] values;
    private final CudaMemory memory;

    Kept(double[] values, CudaMemory memory) {
      this.values = values;
      this.memory = memory;
    }
  }

  Frequencies(CudaContext context) {
    this.context = context;
  }

  /** Where they are. */
  CudaMemory of(double[] values) {
    for (Kept known : kept) {
      if (Arrays.equals(known.values, values)) {
        return known.memory;
      }
    }
    Kept sent = send(values.clone());
    kept.add(sent);
    return sent.memory;
  }

  private Kept send(double[] values) {
    int bytes = Double.BYTES * values.length;
    CudaMemory memory = context.allocate("set of frequencies", bytes);
    try (CudaContext.Turn turn = context.begin("rotate")) {
      ByteBuffer host = turn.host().of(bytes);
      host.asDoubleBuffer().put(values);
      turn.end(CudaCalls.writeBytes(turn.backend(), host, memory.address(), bytes));
    }
    return new Kept(values, memory);
  }
}
