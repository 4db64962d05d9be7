package io.longcat4j.cuda;

import io.longcat4j.compute.Readout;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.HostRows;
import java.nio.ByteBuffer;

/** What goes between the host and tensors of a device. */
final class CudaTransfers {
  private static final int BYTES_AT_ONCE = 1 << 20;

  private final CudaContext context;
  private final long handle;

  CudaTransfers(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  void write(float[] values, int offset, Tensor into) {
    ShapeRules.host("write", values, offset, into);
    int columns = into.columns();
    int most = Math.max(1, BYTES_AT_ONCE / Float.BYTES / columns);
    try (CudaContext.Turn turn = context.begin("write")) {
      for (int row = 0; row < into.rows(); row += most) {
        int count = Math.min(most, into.rows() - row);
        int numbers = count * columns;
        ByteBuffer host = turn.host().of(Float.BYTES * numbers);
        host.asFloatBuffer().put(values, offset + row * columns, numbers);
        turn.end(write(turn, host, into, row, count));
      }
    }
  }

  void write(HostRows rows, Tensor into) {
    ShapeRules.write(rows, into);
    try (CudaContext.Turn turn = context.begin("write")) {
      turn.end(write(turn, rows.memory(), into, 0, into.rows()));
    }
  }

  private int write(CudaContext.Turn turn, ByteBuffer values, Tensor into, int row, int count) {
    return CudaCalls.write(
        handle,
        values,
        (long) Float.BYTES * count * into.columns(),
        turn.at(into) + row * turn.rowBytes(into),
        count,
        into.columns(),
        turn.stride(into));
  }

  void read(Tensor from, float[] values, int offset) {
    ShapeRules.host("read", values, offset, from);
    int columns = from.columns();
    int most = Math.max(1, BYTES_AT_ONCE / Float.BYTES / columns);
    try (CudaContext.Turn turn = context.begin("read")) {
      for (int row = 0; row < from.rows(); row += most) {
        int count = Math.min(most, from.rows() - row);
        int bytes = Float.BYTES * count * columns;
        ByteBuffer host = turn.host().of(bytes);
        turn.end(
            CudaCalls.read(
                handle,
                host,
                bytes,
                turn.at(from) + row * turn.rowBytes(from),
                count,
                columns,
                turn.stride(from)));
        host.asFloatBuffer().get(values, offset + row * columns, count * columns);
      }
      turn.stride(from);
      turn.at(from);
    }
  }

  void read(Tensor from, Readout into) {
    try (CudaContext.Turn turn = context.begin("read")) {
      turn.at(from);
      CudaReadout.of(into, context).fill(turn, handle, CudaTensor.of(from, context));
    }
  }
}
