package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A matrix in Kaldi's binary format, such as {@code audio/global_cmvn}: {@code \0B}, {@code DM } or
 * {@code FM }, two sizes each as {@code \4} and 32 bits, then the numbers row by row. Not to be
 * changed once built.
 *
 * @param rows at least 0
 * @param columns at least 0
 * @param values {@code rows * columns} numbers, row-major
 */
public record KaldiMatrix(int rows, int columns, double[] values) {
  private static final int HEADER_BYTES = 15;
  private static final int SIZE_FIELD_BYTES = 5;
  private static final int MAX_ELEMENTS = 1 << 26;

  /** Checks that the numbers fill the matrix. */
  public KaldiMatrix {
    if (rows < 0 || columns < 0 || (long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          rows + " x " + columns + " does not hold " + values.length + " values");
    }
  }

  /**
   * One number.
   *
   * @param row from 0
   * @param column from 0
   * @return the value
   */
  public double at(int row, int column) {
    Objects.checkIndex(row, rows);
    Objects.checkIndex(column, columns);
    return values[row * columns + column];
  }

  /**
   * Reads a file.
   *
   * @param file the matrix in binary form
   * @return its contents
   * @throws CheckpointException if it is absent, damaged, or of another format
   */
  public static KaldiMatrix read(Path file) {
    return read(file.toString(), MappedFile.open(file));
  }

  /** Reads a file's bytes, wherever they are. */
  static KaldiMatrix read(String file, Storage bytes) {
    if (bytes.bytes() < HEADER_BYTES) {
      throw damaged(file, "is " + bytes.bytes() + " bytes short of a header");
    }
    ByteBuffer header = bytes.slice(0, HEADER_BYTES);
    int elementBytes = elementBytes(file, header);
    int rows = size(file, header, SIZE_FIELD_BYTES, "rows");
    int columns = size(file, header, 2 * SIZE_FIELD_BYTES, "columns");
    long elements = (long) rows * columns;
    if (elements > MAX_ELEMENTS) {
      throw damaged(file, "claims " + rows + " x " + columns + " numbers, more than expected");
    }
    long expected = HEADER_BYTES + elements * elementBytes;
    if (bytes.bytes() != expected) {
      throw damaged(
          file,
          "has "
              + bytes.bytes()
              + " bytes, but a matrix of "
              + rows
              + " x "
              + columns
              + " needs "
              + expected);
    }
    return new KaldiMatrix(rows, columns, values(bytes, (int) elements, elementBytes));
  }

  private static int elementBytes(String file, ByteBuffer header) {
    if (header.get(0) != 0 || header.get(1) != 'B') {
      throw damaged(file, "does not start with \\0B, the mark of a binary Kaldi file");
    }
    byte[] type = new byte[3];
    header.get(2, type);
    String token = new String(type, StandardCharsets.ISO_8859_1);
    return switch (token) {
      case "DM " -> Double.BYTES;
      case "FM " -> Float.BYTES;
      default -> throw damaged(file, "holds type '" + token + "', expected 'DM ' or 'FM '");
    };
  }

  private static int size(String file, ByteBuffer header, int at, String what) {
    int width = header.get(at);
    int size = header.getInt(at + 1);
    if (width != Integer.BYTES || size < 0) {
      throw damaged(
          file,
          "has " + size + " " + what + " of " + width + " bytes, expected 4 bytes, 0 or more");
    }
    return size;
  }

  private static double[] values(Storage bytes, int elements, int elementBytes) {
    ByteBuffer data = bytes.slice(HEADER_BYTES, elements * elementBytes);
    double[] values = new double[elements];
    for (int i = 0; i < elements; i++) {
      values[i] =
          elementBytes == Double.BYTES
              ? data.getDouble(i * Double.BYTES)
              : data.getFloat(i * Float.BYTES);
    }
    return values;
  }

  private static CheckpointException damaged(String file, String what) {
    return new CheckpointException(file + ": " + what + "; fetch the file again");
  }
}
