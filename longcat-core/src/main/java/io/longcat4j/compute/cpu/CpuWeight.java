package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A weight that stays where it is mapped, and so do its scales; columns that were cut out of a
 * larger matrix are copied, and so are factors of FP8 blocks that are not stored as F32.
 */
final class CpuWeight implements Weight {
  private static final int SCALES_AT_ONCE = 1 << 16;
  private static final int COPIED_AT_ONCE = 64 << 20;

  private final CpuContext context;
  private final StoredWeight stored;
  private final long address;

  private CpuWeight(CpuContext context, StoredWeight stored) {
    this.context = context;
    this.stored = stored;
    List<ByteBuffer> segments = new ArrayList<>();
    this.address = context.keepWeight(this, segments, () -> open(segments));
  }

  static CpuWeight load(CpuContext context, StoredWeight stored) {
    return new CpuWeight(context, stored);
  }

  /** The weight, if this backend took it in. */
  static CpuWeight of(Weight weight, CpuContext context) {
    if (!(weight instanceof CpuWeight known) || known.context != context) {
      throw new IllegalArgumentException("the weight was taken in by another backend");
    }
    return known;
  }

  /** Its address, or 0 for none. */
  static long addressOf(@Nullable Weight weight, CpuContext context) {
    return weight == null ? 0 : of(weight, context).address;
  }

  long address() {
    return address;
  }

  private long open(List<ByteBuffer> segments) {
    WeightScales scales = stored.tensor().scales();
    long longest = stored.rowBytes();
    int blockRows = 1;
    int blockColumns = 1;
    if (scales instanceof WeightScales.Blocks blocks) {
      blockRows = blocks.rows();
      blockColumns = blocks.columns();
    } else if (scales instanceof WeightScales.Groups groups) {
      longest = Math.max(longest, rowBytes(groups));
      blockColumns = groups.size();
    }
    if (longest > Storage.MAX_SLICE) {
      throw new CheckpointException(
          stored.values() + ": a row has more than " + Storage.MAX_SLICE + " bytes");
    }
    Optional<StoredTensor.Columns> cut = stored.values().columns();
    int segmentRows =
        cut.isPresent()
            ? stored.rows()
            : (int) Math.min(stored.rows(), Storage.MAX_SLICE / longest);
    int count = (stored.rows() - 1) / segmentRows + 1;
    long opened =
        CpuKernels.weightOpen(
            InstructionSet.formatCode(stored.dtype()),
            stored.rows(),
            stored.columns(),
            segmentRows,
            count,
            blockRows,
            blockColumns,
            stored.slices());
    if (opened != 0) {
      try {
        if (cut.isPresent()) {
          copy(cut.get(), opened);
        } else {
          map(stored.values(), stored.rowBytes(), segmentRows, segments, opened);
        }
        if (scales instanceof WeightScales.Blocks blocks) {
          takeScales(blocks.factors(), segments, opened);
        } else if (scales instanceof WeightScales.Groups groups) {
          map(groups.factors(), rowBytes(groups), segmentRows, segments, opened);
        }
      } catch (RuntimeException | Error e) {
        CpuKernels.weightClose(opened);
        throw e;
      }
    }
    return opened;
  }

  private static long rowBytes(WeightScales.Groups groups) {
    return groups.factors().shape().dim(1) * groups.factors().dtype().bytes();
  }

  private void map(
      StoredTensor tensor, long rowBytes, int segmentRows, List<ByteBuffer> kept, long opened) {
    int segments = (stored.rows() - 1) / segmentRows + 1;
    for (int i = 0; i < segments; i++) {
      long first = (long) i * segmentRows;
      int length = (int) (Math.min(segmentRows, stored.rows() - first) * rowBytes);
      ByteBuffer bytes = tensor.bytes(first * rowBytes, length);
      require(
          tensor == stored.values()
              ? CpuKernels.weightSegment(opened, i, bytes, bytes.remaining())
              : CpuKernels.weightGroups(opened, i, bytes, bytes.remaining()));
      kept.add(bytes);
    }
  }

  /** The pages that the rows come from are not this weight's, so they do not stay. */
  private void copy(StoredTensor.Columns cut, long opened) {
    NativePages pages = NativePages.INSTANCE;
    StoredTensor whole = cut.whole();
    long rowBytes = whole.byteSize() / stored.rows();
    int most = (int) Math.max(1, COPIED_AT_ONCE / rowBytes);
    for (int row = 0; row < stored.rows(); row += most) {
      int count = Math.min(most, stored.rows() - row);
      ByteBuffer bytes = whole.bytes(row * rowBytes, Math.toIntExact(count * rowBytes));
      int length = bytes.remaining();
      require(CpuKernels.weightColumns(opened, row, bytes, length, rowBytes, cut.from()));
      if (whole.isMapped()) {
        pages.release(PageRange.within(pages.address(bytes), length, pages.pageBytes()));
      }
    }
  }

  /** Scales of many experts are many pages of a file: those that can be read as they lie stay. */
  private void takeScales(StoredTensor scales, List<ByteBuffer> kept, long opened) {
    if (scales.dtype() != DType.F32 || scales.byteSize() > Storage.MAX_SLICE) {
      copy(scales, opened);
      return;
    }
    ByteBuffer bytes = scales.bytes(0, (int) scales.byteSize());
    require(CpuKernels.weightBlocks(opened, bytes, bytes.remaining()));
    kept.add(bytes);
  }

  private void copy(StoredTensor scales, long opened) {
    long count = scales.shape().elements();
    for (long from = 0; from < count; from += SCALES_AT_ONCE) {
      float[] part = new float[(int) Math.min(SCALES_AT_ONCE, count - from)];
      scales.readFloats(from, part);
      require(CpuKernels.weightScales(opened, part, from, part.length, part.length));
    }
  }

  private void require(int status) {
    if (status == CpuKernels.OUT_OF_MEMORY) {
      throw new BackendException(
          stored.values()
              + ": there is no memory for a copy of "
              + (long) stored.rows() * stored.rowBytes()
              + " bytes; use more hosts, or a machine with more memory");
    }
    if (status != CpuKernels.OK) {
      throw new CheckpointException(stored.values() + ": its bytes do not fit its shape");
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
