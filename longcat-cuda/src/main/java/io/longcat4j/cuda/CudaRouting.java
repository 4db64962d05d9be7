package io.longcat4j.cuda;

import io.longcat4j.compute.Routing;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Picks on the device: all ids, then all weights. */
final class CudaRouting implements Routing {
  private final CudaContext context;
  private final CudaMemory memory;
  private final @Nullable CudaRouting whole;
  private final int first;
  private final int capacity;

  /** Rows of the memory, between the ids and the weights. */
  private final int rowsInMemory;

  private final int topK;
  private volatile int rows;

  CudaRouting(CudaContext context, int capacity, int topK) {
    this.context = context;
    this.whole = null;
    this.first = 0;
    this.capacity = capacity;
    this.rowsInMemory = capacity;
    this.topK = topK;
    this.memory =
        context.allocate(
            "routing of " + capacity + " rows", 2 * Integer.BYTES * (long) capacity * topK);
  }

  private CudaRouting(CudaRouting of, int from, int count) {
    this.context = of.context;
    this.memory = of.memory;
    this.whole = of;
    this.first = of.first + from;
    this.capacity = count;
    this.rowsInMemory = of.rowsInMemory;
    this.topK = of.topK;
  }

  /** The picks, if this backend made them. */
  static CudaRouting of(Routing routing, CudaContext context) {
    if (!(routing instanceof CudaRouting known) || known.context != context) {
      throw new IllegalArgumentException("the routing was made by another backend");
    }
    return known;
  }

  int capacity() {
    return capacity;
  }

  int rows() {
    return rows;
  }

  void filled(int newRows) {
    rows = newRows;
    if (whole != null) {
      whole.filled(first - whole.first + newRows);
    }
  }

  /** Where the ids are; inside an operation only. */
  long idsAddress() {
    return memory.address() + (long) first * topK * Integer.BYTES;
  }

  /** Where the weights are; inside an operation only. */
  long weightsAddress() {
    return memory.address() + ((long) rowsInMemory + first) * topK * Integer.BYTES;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public Routing rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ capacity);
    return new CudaRouting(this, from, count);
  }

  @Override
  public void readIds(int count, int[] into) {
    int picks = checked(count) * topK;
    Objects.checkFromIndexSize(0, /* size= */ picks, /* length= */ into.length);
    try (CudaContext.Turn turn = context.begin("ids")) {
      read(turn, idsAddress(), picks).asIntBuffer().get(into, 0, picks);
    }
  }

  @Override
  public float[] weights(int count) {
    float[] weights = new float[checked(count) * topK];
    try (CudaContext.Turn turn = context.begin("weights")) {
      read(turn, weightsAddress(), weights.length).asFloatBuffer().get(weights);
    }
    return weights;
  }

  private static ByteBuffer read(CudaContext.Turn turn, long from, int count) {
    int bytes = Integer.BYTES * count;
    ByteBuffer host = turn.host().of(bytes);
    turn.end(CudaCalls.readBytes(turn.backend(), from, host, bytes));
    return host;
  }

  private int checked(int count) {
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ rows);
    return count;
  }

  @Override
  public void close() {
    if (whole == null) {
      memory.close();
    }
  }
}
