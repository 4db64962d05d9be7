package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * A weight on the device, in the format it has on disk. Its bytes go from where they are mapped
 * through pinned memory, while the next ones are read.
 */
final class CudaWeight implements Weight {
  private static final int BYTES_AT_ONCE = 16 << 20;
  private static final int SCALES_AT_ONCE = 1 << 16;

  private final CudaContext context;
  private final StoredWeight stored;
  private final LongConsumer heard;
  private final long handle;

  private CudaWeight(CudaContext context, StoredWeight stored, LongConsumer heard) {
    this.context = context;
    this.stored = stored;
    this.heard = heard;
    try (CudaContext.Turn turn = context.begin("weight " + stored.values())) {
      this.handle = turn.made(open(turn));
    }
    sendRows();
    if (stored.tensor().scales() instanceof WeightScales.Blocks blocks) {
      sendFloats(blocks.factors());
    } else if (stored.tensor().scales() instanceof WeightScales.Groups groups) {
      sendBytes(groups.factors());
    }
  }

  /**
   * Takes in a weight.
   *
   * @param heard is told of the bytes as they go
   */
  static CudaWeight load(CudaContext context, StoredWeight stored, LongConsumer heard) {
    return new CudaWeight(context, stored, heard);
  }

  /** The weight, if this backend took it in. */
  static CudaWeight of(Weight weight, CudaContext context) {
    if (!(weight instanceof CudaWeight known) || known.context != context) {
      throw new IllegalArgumentException("the weight was taken in by another backend");
    }
    return known;
  }

  /** Alive as long as the backend. */
  long handle() {
    return handle;
  }

  private long open(CudaContext.Turn turn) {
    int blockRows = 1;
    int blockColumns = 1;
    if (stored.tensor().scales() instanceof WeightScales.Blocks blocks) {
      blockRows = blocks.rows();
      blockColumns = blocks.columns();
    } else if (stored.tensor().scales() instanceof WeightScales.Groups groups) {
      blockColumns = groups.size();
    }
    return CudaCalls.weightOpen(
        turn.backend(),
        Formats.code(stored.dtype()),
        stored.rows(),
        stored.columns(),
        blockRows,
        blockColumns,
        (stored.columns() - 1) / blockColumns + 1,
        stored.slices());
  }

  private void sendRows() {
    long rowBytes = stored.rowBytes();
    if (rowBytes > BYTES_AT_ONCE * 64L) {
      throw new CheckpointException(stored.values() + ": its rows are too long");
    }
    int most = (int) Math.max(1, BYTES_AT_ONCE / rowBytes);
    for (int row = 0; row < stored.rows(); row += most) {
      int count = Math.min(most, stored.rows() - row);
      ByteBuffer bytes = stored.values().bytes(row * rowBytes, (int) (count * rowBytes));
      try (CudaContext.Turn turn = context.begin("load")) {
        require(
            turn,
            CudaCalls.weightRows(turn.backend(), handle, row, count, bytes, bytes.remaining()));
      }
      heard.accept(count * rowBytes);
    }
  }

  private void sendBytes(StoredTensor factors) {
    long size = factors.byteSize();
    for (long from = 0; from < size; from += BYTES_AT_ONCE) {
      ByteBuffer bytes = factors.bytes(from, (int) Math.min(BYTES_AT_ONCE, size - from));
      sendFactors(from, bytes, bytes.remaining());
    }
  }

  private void sendFloats(StoredTensor factors) {
    long count = factors.shape().elements();
    HostBuffer host = new HostBuffer();
    for (long from = 0; from < count; from += SCALES_AT_ONCE) {
      float[] part = new float[(int) Math.min(SCALES_AT_ONCE, count - from)];
      factors.readFloats(from, part);
      ByteBuffer bytes = host.of(Float.BYTES * part.length);
      bytes.asFloatBuffer().put(part);
      sendFactors(from * Float.BYTES, bytes, (long) Float.BYTES * part.length);
    }
  }

  private void sendFactors(long firstByte, ByteBuffer bytes, long length) {
    try (CudaContext.Turn turn = context.begin("load")) {
      require(turn, CudaCalls.weightFactors(turn.backend(), handle, firstByte, bytes, length));
    }
    heard.accept(length);
  }

  private void require(CudaContext.Turn turn, int status) {
    if (status == CudaCalls.MISFIT) {
      throw new CheckpointException(stored.values() + ": its bytes do not fit its shape");
    }
    try {
      turn.end(status);
    } catch (BackendException e) {
      throw new BackendException(stored.values() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public int rows() {
    return stored.rows();
  }

  @Override
  public int columns() {
    return stored.columns();
  }

  @Override
  public DType dtype() {
    return stored.dtype();
  }

  @Override
  public int slices() {
    return stored.slices();
  }

  @Override
  public String toString() {
    return stored.values().toString();
  }
}
