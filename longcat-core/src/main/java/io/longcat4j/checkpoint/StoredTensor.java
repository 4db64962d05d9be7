package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A tensor as it lies in a file: contiguous, row-major, little-endian. Immutable and thread-safe;
 * keeps the file's mapping alive.
 */
public final class StoredTensor {
  private static final int COMPARED_AT_ONCE = 1 << 24;

  private final String name;
  private final String file;
  private final DType dtype;
  private final Shape shape;
  private final Storage storage;
  private final long offset;

  /**
   * Names a run of bytes.
   *
   * @param name the tensor's name, for messages
   * @param file the file's name, for messages
   * @param dtype the number format
   * @param shape the sizes
   * @param storage where its bytes are
   * @param offset where they start in the storage
   * @throws CheckpointException if the bytes would leave the storage
   */
  public StoredTensor(
      String name, String file, DType dtype, Shape shape, Storage storage, long offset) {
    this.name = Objects.requireNonNull(name, "name");
    this.file = Objects.requireNonNull(file, "file");
    this.dtype = Objects.requireNonNull(dtype, "dtype");
    this.shape = Objects.requireNonNull(shape, "shape");
    this.storage = Objects.requireNonNull(storage, "storage");
    this.offset = offset;
    if (offset < 0 || byteSize() > storage.bytes() - offset) {
      throw new CheckpointException(
          file
              + ": tensor "
              + name
              + " needs bytes "
              + offset
              + " to "
              + (offset + byteSize())
              + ", but its storage holds "
              + storage.bytes()
              + "; the file is truncated or damaged, fetch it again");
    }
  }

  /**
   * The tensor's name.
   *
   * @return as in the file
   */
  public String name() {
    return name;
  }

  /**
   * The file it lies in.
   *
   * @return a name for messages
   */
  public String file() {
    return file;
  }

  /**
   * The number format.
   *
   * @return as stored
   */
  public DType dtype() {
    return dtype;
  }

  /**
   * The sizes.
   *
   * @return outermost first
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The size on disk.
   *
   * @return bytes
   */
  public long byteSize() {
    return dtype.bytes(shape.elements());
  }

  /**
   * Whether its bytes are pages of a file, which may leave memory and come again by themselves.
   *
   * @return false for memory that would be lost
   */
  public boolean isMapped() {
    return storage.isMapped();
  }

  /**
   * A run of the raw bytes.
   *
   * @param from from the tensor's first byte
   * @param length at most {@link Storage#MAX_SLICE}
   * @return a read-only, little-endian, direct buffer from 0 to {@code length}
   */
  public ByteBuffer bytes(long from, int length) {
    Objects.checkFromIndexSize(from, /* size= */ length, /* length= */ byteSize());
    return storage.slice(offset + from, length);
  }

  /**
   * The elements from {@code from} on, widened to F32. Integers and booleans are converted by
   * value, F64 numbers are rounded to the nearest, ties to even.
   *
   * @param from index of the first element in row-major order
   * @param into receives {@code into.length} elements
   * @throws CheckpointException if the number format is not read
   */
  public void readFloats(long from, float[] into) {
    if (!dtype.isRead()) {
      throw new CheckpointException(
          file
              + ": tensor "
              + name
              + " is stored as "
              + dtype
              + ", which is not read; convert it to BF16 or F32");
    }
    int chunk = Storage.MAX_SLICE / dtype.bytes();
    for (int done = 0; done < into.length; done += chunk) {
      int count = Math.min(chunk, into.length - done);
      ByteBuffer raw = bytes((from + done) * dtype.bytes(), count * dtype.bytes());
      Widening.toFloats(dtype, raw, into, done, count);
    }
  }

  /**
   * All elements, widened to F32.
   *
   * @return a new array in row-major order
   * @throws CheckpointException if there are more than an array can hold
   */
  public float[] toFloats() {
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          file + ": tensor " + name + " of shape " + shape + " is too large to be widened at once");
    }
    float[] values = new float[(int) shape.elements()];
    readFloats(0, values);
    return values;
  }

  /**
   * A part of this tensor, in the same memory.
   *
   * @param newName for messages
   * @param from index of the first element in row-major order
   * @param dims the part's sizes
   * @return the part
   * @throws CheckpointException if it would leave this tensor
   */
  StoredTensor slice(String newName, long from, long... dims) {
    Shape part = Shape.of(dims);
    Objects.checkFromIndexSize(from, part.elements(), shape.elements());
    return new StoredTensor(newName, file, dtype, part, storage, offset + dtype.bytes(from));
  }

  /**
   * This tensor in a format that kernels read: F64 as F32, each number rounded to the nearest, ties
   * to even, whenever its bytes are asked for.
   *
   * @return this, where it is not F64
   */
  public StoredTensor narrowed() {
    if (dtype != DType.F64) {
      return this;
    }
    return new StoredTensor(name, file, DType.F32, shape, new RoundedStorage(this), 0);
  }

  /**
   * This tensor, if it holds numbers only. Reads all of it: meant for small ones.
   *
   * @return this
   * @throws CheckpointException if an element is infinite or not a number; names the tensor
   */
  public StoredTensor requireFinite() {
    float[] values = toFloats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new CheckpointException(
            file
                + ": tensor "
                + name
                + " holds "
                + values[i]
                + " at index "
                + i
                + ", expected finite numbers; the file is damaged, fetch it again");
      }
    }
    return this;
  }

  /**
   * A run of bytes of every row of a larger matrix.
   *
   * @param whole the matrix, contiguous
   * @param from first byte of every row
   */
  public record Columns(StoredTensor whole, long from) {}

  /**
   * Where this tensor comes from, if it is some columns of a larger one: {@link #bytes} gathers
   * them anew each time, so that whoever keeps them copies them once.
   *
   * @return empty for a tensor that lies in one piece
   */
  public Optional<Columns> columns() {
    return storage instanceof ColumnStorage cut && offset == 0
        ? Optional.of(new Columns(cut.whole(), cut.from()))
        : Optional.empty();
  }

  /**
   * Whether another tensor has the same numbers in the same format.
   *
   * @param other of any shape
   * @return true if shape, format and all bytes are equal; reads as far as they are
   */
  boolean hasSameContents(StoredTensor other) {
    if (dtype != other.dtype || !shape.equals(other.shape)) {
      return false;
    }
    long size = byteSize();
    for (long from = 0; from < size; from += COMPARED_AT_ONCE) {
      int length = (int) Math.min(COMPARED_AT_ONCE, size - from);
      if (!bytes(from, length).equals(other.bytes(from, length))) {
        return false;
      }
    }
    return true;
  }

  /**
   * This tensor, if it has a shape.
   *
   * @param dims the expected sizes
   * @return this
   * @throws CheckpointException if the shape is another one
   */
  public StoredTensor requireShape(long... dims) {
    if (!Arrays.equals(shape.dims(), dims)) {
      throw new CheckpointException(
          file
              + ": tensor "
              + name
              + " has shape "
              + shape
              + ", but the configuration asks for "
              + Arrays.toString(dims)
              + "; use the configuration shipped with the checkpoint");
    }
    return this;
  }

  @Override
  public String toString() {
    return name + " " + dtype + shape + " in " + file;
  }
}
