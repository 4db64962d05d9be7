package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A matrix in NumPy's format, such as {@code encoder_cmvn.npy}: {@code \x93NUMPY}, a version, the
 * length of a header, the header as a Python dictionary, then the numbers. Read are numbers of 32
 * and 64 bits in both byte orders, row by row or column by column; nothing is executed. Not to be
 * changed once built.
 *
 * @param rows at least 0
 * @param columns at least 0
 * @param values {@code rows * columns} numbers, row-major
 */
public record NumpyMatrix(int rows, int columns, double[] values) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_END = 8;
  private static final int MAX_HEADER_BYTES = 1 << 16;
  private static final long MAX_ELEMENTS = 1 << 26;

  private static final Pattern HEADER =
      Pattern.compile("\\s*\\{(?<entries>[^{}]*)\\}\\s*", Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'(?<type>[^']*)'");
  private static final Pattern ORDER =
      Pattern.compile("'fortran_order'\\s*:\\s*(?<order>True|False)");
  private static final Pattern SHAPE =
      Pattern.compile(
          "'shape'\\s*:\\s*\\(\\s*(?<rows>[0-9]{1,10})\\s*,\\s*(?<columns>[0-9]{1,10})\\s*,?\\s*\\)");

  /** Checks that the numbers fill the matrix. */
  public NumpyMatrix {
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
   * @param file a matrix written by {@code numpy.save}
   * @return its contents
   * @throws CheckpointException if it is absent, damaged, or no matrix of floating-point numbers
   */
  public static NumpyMatrix read(Path file) {
    return read(file.toString(), MappedFile.open(file));
  }

  static NumpyMatrix read(String file, Storage bytes) {
    if (bytes.bytes() < VERSION_END + Short.BYTES) {
      throw damaged(file, "has " + bytes.bytes() + " bytes, too few for a header");
    }
    ByteBuffer start = bytes.slice(0, VERSION_END);
    for (int i = 0; i < MAGIC.length; i++) {
      if (start.get(i) != MAGIC[i]) {
        throw damaged(file, "does not start with \\x93NUMPY, the mark of a NumPy file");
      }
    }
    int version = start.get(MAGIC.length);
    if (version < 1 || version > 3) {
      throw damaged(file, "is of version " + version + ", expected 1 to 3");
    }
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    long dataStart = VERSION_END + lengthBytes + headerBytes(file, bytes, lengthBytes);
    byte[] text = new byte[(int) dataStart - VERSION_END - lengthBytes];
    bytes.slice(VERSION_END + lengthBytes, text.length).get(0, text);
    return data(file, new String(text, StandardCharsets.ISO_8859_1), bytes, dataStart);
  }

  private static long headerBytes(String file, Storage bytes, int lengthBytes) {
    long left = bytes.bytes() - VERSION_END - lengthBytes;
    if (left < 0) {
      throw damaged(file, "ends within the length of its header");
    }
    ByteBuffer field = bytes.slice(VERSION_END, lengthBytes);
    long length =
        lengthBytes == Short.BYTES
            ? Short.toUnsignedLong(field.getShort(0))
            : Integer.toUnsignedLong(field.getInt(0));
    if (length > Math.min(left, MAX_HEADER_BYTES)) {
      throw damaged(
          file, "claims a header of " + length + " bytes, but " + left + " follow its length");
    }
    return length;
  }

  private static NumpyMatrix data(String file, String header, Storage bytes, long start) {
    Matcher entries = HEADER.matcher(header);
    if (!entries.matches()) {
      throw damaged(file, "has a header that is no dictionary");
    }
    String listed = entries.group("entries");
    String type = find(file, TYPE, listed, "'descr', the type of a number").group("type");
    boolean byColumns =
        find(file, ORDER, listed, "'fortran_order', True or False").group("order").equals("True");
    Matcher shape = find(file, SHAPE, listed, "'shape', a pair of sizes: rows and columns");
    long rows = Long.parseLong(shape.group("rows"));
    long columns = Long.parseLong(shape.group("columns"));
    if (rows > MAX_ELEMENTS || columns > MAX_ELEMENTS || rows * columns > MAX_ELEMENTS) {
      throw damaged(file, "claims " + rows + " x " + columns + " numbers, more than expected");
    }
    int numberBytes =
        switch (type) {
          case "<f8", ">f8" -> Double.BYTES;
          case "<f4", ">f4" -> Float.BYTES;
          default -> throw damaged(file, "holds type '" + type + "', expected f8 or f4");
        };
    long needed = start + rows * columns * numberBytes;
    if (bytes.bytes() != needed) {
      throw damaged(
          file,
          "has "
              + bytes.bytes()
              + " bytes, but a matrix of "
              + rows
              + " x "
              + columns
              + " in '"
              + type
              + "' needs "
              + needed);
    }
    ByteBuffer data = bytes.slice(start, (int) (needed - start)).duplicate();
    data.order(type.charAt(0) == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    double[] values = values(data, (int) (rows * columns), numberBytes);
    return new NumpyMatrix(
        (int) rows,
        (int) columns,
        byColumns ? transposed(values, (int) rows, (int) columns) : values);
  }

  private static Matcher find(String file, Pattern pattern, String header, String what) {
    Matcher found = pattern.matcher(header);
    if (!found.find()) {
      throw damaged(file, "has a header without " + what);
    }
    return found;
  }

  private static double[] values(ByteBuffer data, int count, int numberBytes) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          numberBytes == Double.BYTES
              ? data.getDouble(i * Double.BYTES)
              : data.getFloat(i * Float.BYTES);
    }
    return values;
  }

  private static double[] transposed(double[] values, int rows, int columns) {
    double[] out = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i % rows * columns + i / rows] = values[i];
    }
    return out;
  }

  private static CheckpointException damaged(String file, String what) {
    return new CheckpointException(file + ": " + what + "; fetch the file again");
  }
}
