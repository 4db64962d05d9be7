package io.longcat4j.cuda;

import io.longcat4j.compute.Readout;
import io.longcat4j.compute.ShapeRules;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Pinned memory of the host, which a stream fills while the host goes on. */
final class CudaReadout implements Readout {
  private final CudaContext context;
  private final int mostRows;
  private final int mostColumns;
  private final CudaMemory memory;
  private @Nullable CudaTensor source;

  CudaReadout(CudaContext context, int mostRows, int mostColumns) {
    this.context = context;
    this.mostRows = mostRows;
    this.mostColumns = mostColumns;
    this.memory =
        context.own(
            "readout",
            backend -> CudaCalls.readoutOpen(backend, (long) mostRows * mostColumns),
            CudaCalls::readoutClose);
  }

  /** The block, if this backend made it. */
  static CudaReadout of(Readout readout, CudaContext context) {
    if (!(readout instanceof CudaReadout known) || known.context != context) {
      throw new IllegalArgumentException("the readout was made by another backend");
    }
    return known;
  }

  /** Inside an operation only. */
  void fill(CudaContext.Turn turn, long stream, CudaTensor from) {
    ShapeRules.read(from, mostRows, mostColumns);
    turn.end(
        CudaCalls.readoutFill(
            stream,
            memory.address(),
            turn.at(from),
            from.rows(),
            from.columns(),
            turn.stride(from)));
    source = from;
  }

  @Override
  public int rows() {
    return source == null ? 0 : source.rows();
  }

  @Override
  public void row(int index, float[] into) {
    Objects.checkIndex(index, rows());
    CudaTensor from = Objects.requireNonNull(source);
    int columns = from.columns();
    Objects.checkFromIndexSize(0, /* size= */ columns, /* length= */ into.length);
    int bytes = Float.BYTES * columns;
    try (CudaContext.Turn turn = context.begin("read")) {
      turn.at(from);
      ByteBuffer host = turn.host().of(bytes);
      long first = (long) index * columns;
      turn.end(
          CudaCalls.readoutCopy(turn.backend(), memory.address(), first, columns, host, bytes));
      host.asFloatBuffer().get(into, 0, columns);
    }
  }

  @Override
  public void close() {
    source = null;
    memory.close();
  }
}
