package io.longcat4j.compute;

import io.longcat4j.tensor.HostRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that {@link Stream} asks for, checked the same way by every backend. Each rule returns
 * or throws {@link IllegalArgumentException}. Thread-safe; allocates nothing unless it throws.
 */
public final class ShapeRules {
  private ShapeRules() {}

  /**
   * Sizes of a new tensor.
   *
   * @param rows at least 0
   * @param columns at least 1
   */
  public static void allocate(int rows, int columns) {
    if (rows < 0 || columns < 1) {
      throw new IllegalArgumentException(
          "a tensor needs at least 0 rows and 1 column, not " + rows + " x " + columns);
    }
  }

  /**
   * See {@link ComputeBackend#over}.
   *
   * @param memory where the numbers are
   * @param rows of the tensor
   * @param columns of the tensor
   */
  public static void over(ByteBuffer memory, int rows, int columns) {
    allocate(rows, columns);
    if (!memory.isDirect() || memory.isReadOnly()) {
      throw new IllegalArgumentException("a tensor over memory needs a direct, writable buffer");
    }
    if (memory.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "a tensor over memory needs " + ByteOrder.nativeOrder() + ", not " + memory.order());
    }
    if (memory.alignmentOffset(memory.position(), Float.BYTES) != 0) {
      throw new IllegalArgumentException(
          "a tensor over memory needs a buffer that begins at a multiple of 4 bytes");
    }
    long bytes = (long) rows * columns * Float.BYTES;
    if (bytes > memory.remaining()) {
      throw new IllegalArgumentException(
          "a tensor of %d x %d numbers needs %d bytes, the buffer has %d"
              .formatted(rows, columns, bytes, memory.remaining()));
    }
  }

  /**
   * See {@link Stream#join}.
   *
   * @param partials at least one
   * @param into of their shape
   */
  public static void join(List<Tensor> partials, Tensor into) {
    if (partials.isEmpty()) {
      throw new IllegalArgumentException("join: there must be at least one partial");
    }
    for (int i = 0; i < partials.size(); i++) {
      same("join", partials.get(i), into);
    }
  }

  /**
   * An array of the host.
   *
   * @param operation for the message
   * @param values the array
   * @param offset index of the first element in use
   * @param tensor the tensor on the other side
   */
  public static void host(String operation, float[] values, int offset, Tensor tensor) {
    long length = (long) tensor.rows() * tensor.columns();
    if (offset < 0 || length > values.length - (long) offset) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + size(tensor)
              + " needs "
              + length
              + " numbers from index "
              + offset
              + " on, the array has "
              + values.length);
    }
  }

  /**
   * Two tensors of one shape.
   *
   * @param operation for the message
   * @param a one
   * @param b the other
   */
  public static void same(String operation, Tensor a, Tensor b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw misfit(operation, "both tensors must have one shape", a, b);
    }
  }

  /**
   * See {@link Stream#addEmbeddings}.
   *
   * @param table the rows to choose from
   * @param ids the choice, or negative
   * @param into receives
   */
  public static void addEmbeddings(Weight table, int[] ids, Tensor into) {
    perRow("addEmbeddings", "ids", ids.length, into);
    if (table.columns() != into.columns()) {
      throw misfit("addEmbeddings", "columns must be those of the table", table, into);
    }
    for (int id : ids) {
      if (id >= table.rows()) {
        throw new IllegalArgumentException(
            "addEmbeddings: id " + id + " is not below the table's " + table.rows() + " entries");
      }
    }
  }

  /**
   * See {@link Stream#addVector}.
   *
   * @param vector the addend
   * @param into receives
   */
  public static void addVector(Weight vector, Tensor into) {
    if (vector.rows() != 1 || vector.columns() != into.columns()) {
      throw misfit("addVector", "the vector must have a number for each column", vector, into);
    }
  }

  /**
   * Requires rows of F32.
   *
   * @param tensor any
   * @throws IllegalArgumentException if its rows are kept in fewer bits
   */
  public static void wholeNumbers(Tensor tensor) {
    if (tensor.format() != RowFormat.F32) {
      throw new IllegalArgumentException(
          "a cache of " + tensor.format() + " rows was given where numbers of F32 are needed");
    }
  }

  /**
   * See {@link Stream#copy}.
   *
   * @param from read
   * @param into written
   */
  public static void copy(Tensor from, Tensor into) {
    same("copy", from, into);
    if (from.format() != into.format()) {
      throw new IllegalArgumentException(
          "copy: rows of " + from.format() + " do not go into rows of " + into.format());
    }
  }

  /**
   * See {@link Stream#write(HostRows, Tensor)}.
   *
   * @param rows read
   * @param into written
   */
  public static void write(HostRows rows, Tensor into) {
    if (rows.rows() != into.rows() || rows.columns() != into.columns()) {
      throw new IllegalArgumentException("write: " + rows + " does not go into " + size(into));
    }
  }

  /**
   * See {@link Stream#read(Tensor, Readout)}.
   *
   * @param from read
   * @param rows room of the block
   * @param columns room of the block
   */
  public static void read(Tensor from, int rows, int columns) {
    wholeNumbers(from);
    if (from.rows() > rows || from.columns() > columns) {
      throw new IllegalArgumentException(
          "read: " + size(from) + " does not fit a block of [" + rows + ", " + columns + "]");
    }
  }

  /**
   * See {@link Stream#rmsNorm}.
   *
   * @param x input
   * @param gain factors
   * @param into receives
   */
  public static void rmsNorm(Tensor x, Weight gain, Tensor into) {
    same("rmsNorm", x, into);
    vector("rmsNorm", "gain", gain, x.columns());
  }

  /**
   * See {@link Stream#linear}.
   *
   * @param weight the map
   * @param bias addend, or null
   * @param x input
   * @param into receives
   */
  public static void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    if (x.columns() != weight.columns()) {
      throw misfit("linear", "the input's columns must be the weight's", weight, x);
    }
    if (into.columns() != weight.rows()) {
      throw misfit("linear", "the output's columns must be the weight's rows", weight, into);
    }
    if (into.rows() != x.rows()) {
      throw misfit("linear", "input and output must have the same rows", x, into);
    }
    if (bias != null) {
      vector("linear", "bias", bias, weight.rows());
    }
  }

  /**
   * See {@link Stream#gatedLinear}.
   *
   * @param gate one map
   * @param up the other
   * @param x input
   * @param into receives
   */
  public static void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    if (gate.rows() != up.rows() || gate.columns() != up.columns()) {
      throw misfit("gatedLinear", "gate and up must have one shape", gate, up);
    }
    whole("gatedLinear", "gate", gate);
    whole("gatedLinear", "up", up);
    linear(gate, null, x, into);
  }

  private static void perRow(String operation, String what, int count, Tensor tensor) {
    if (count != tensor.rows()) {
      throw new IllegalArgumentException(
          operation + ": " + count + " " + what + " for the rows of " + size(tensor));
    }
  }

  static void columns(String operation, String what, Tensor tensor, long expected) {
    if (tensor.columns() != expected) {
      throw new IllegalArgumentException(
          operation + ": " + what + " " + size(tensor) + " must have " + expected + " columns");
    }
  }

  static void vector(String operation, String what, Weight vector, int length) {
    if (!sized(vector, 1, length)) {
      throw new IllegalArgumentException(
          operation + ": " + what + " " + size(vector) + " must be a vector of " + length);
    }
  }

  /** Only some products have an order for slices. */
  static void whole(String operation, String what, Weight weight) {
    if (weight.slices() != 1) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + what
              + " "
              + size(weight)
              + " was taken in with "
              + weight.slices()
              + " slices, where columns are summed as one; load it without slices");
    }
  }

  static boolean sized(Weight weight, int rows, int columns) {
    return weight.rows() == rows && weight.columns() == columns;
  }

  static IllegalArgumentException misfit(String operation, String rule, Tensor a, Tensor b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  static IllegalArgumentException misfit(String operation, String rule, Weight a, Tensor b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  static IllegalArgumentException misfit(String operation, String rule, Weight a, Weight b) {
    return new IllegalArgumentException(
        operation + ": " + rule + ", not " + size(a) + " and " + size(b));
  }

  static String size(Tensor tensor) {
    return "[" + tensor.rows() + ", " + tensor.columns() + "]";
  }

  static String size(Weight weight) {
    return "[" + weight.rows() + ", " + weight.columns() + "]";
  }
}
