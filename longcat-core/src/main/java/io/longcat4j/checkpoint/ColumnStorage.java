package io.longcat4j.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A run of bytes of every row of a matrix, given out as if it were a matrix of its own. Nothing is
 * held: each slice is gathered into a direct buffer. Immutable and thread-safe.
 */
final class ColumnStorage implements Storage {
  private final StoredTensor whole;
  private final long wholeRowBytes;
  private final long from;
  private final long rowBytes;
  private final long rows;

  /**
   * A view.
   *
   * @param whole a matrix
   * @param from first byte of every row
   * @param rowBytes how many bytes of every row, at least 1
   */
  ColumnStorage(StoredTensor whole, long from, long rowBytes) {
    this.whole = whole;
    this.rows = whole.shape().dim(0);
    this.wholeRowBytes = rows == 0 ? 0 : whole.byteSize() / rows;
    Objects.checkFromIndexSize(from, rowBytes, wholeRowBytes);
    this.from = from;
    this.rowBytes = rowBytes;
  }

  StoredTensor whole() {
    return whole;
  }

  long from() {
    return from;
  }

  @Override
  public long bytes() {
    return rows * rowBytes;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes());
    Objects.checkIndex(length, MAX_SLICE + 1);
    ByteBuffer gathered = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at < length) {
      long row = (offset + at) / rowBytes;
      long skip = (offset + at) % rowBytes;
      int count = (int) Math.min(rowBytes - skip, length - at);
      gathered.put(at, whole.bytes(row * wholeRowBytes + from + skip, count), 0, count);
      at += count;
    }
    return gathered.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
