package io.longcat4j.checkpoint;

import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes F32 tensors into a safetensors file. Not thread-safe. */
public final class SafetensorsWriter {
  private static final int VALUES_AT_ONCE = 1 << 16;

  private record Entry(Shape shape, float[] values) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Starts without tensors. */
  public SafetensorsWriter() {}

  /**
   * Adds a tensor, or replaces the one of the same name.
   *
   * @param name its name
   * @param shape its sizes
   * @param values row by row; not copied
   * @return this
   * @throws IllegalArgumentException if shape and values do not fit
   */
  public SafetensorsWriter add(String name, Shape shape, float[] values) {
    if (shape.elements() != values.length) {
      throw new IllegalArgumentException(
          name + ": " + shape + " does not fit " + values.length + " values");
    }
    entries.put(name, new Entry(shape, values));
    return this;
  }

  /**
   * Writes all tensors; an existing file is replaced.
   *
   * @param file where to
   * @throws io.longcat4j.CheckpointException if it cannot be written
   */
  public void write(Path file) {
    List<Declaration> declarations = new ArrayList<>();
    entries.forEach(
        (name, entry) -> declarations.add(new Declaration(name, DType.F32, entry.shape())));
    try (SafetensorsOutput output = SafetensorsOutput.create(file, declarations)) {
      entries.forEach((name, entry) -> append(output, name, entry.values()));
    }
  }

  private static void append(SafetensorsOutput output, String name, float[] values) {
    ByteBuffer chunk =
        ByteBuffer.allocate(Float.BYTES * VALUES_AT_ONCE).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += VALUES_AT_ONCE) {
      int count = Math.min(VALUES_AT_ONCE, values.length - from);
      chunk.clear().limit(Float.BYTES * count);
      chunk.asFloatBuffer().put(values, from, count);
      output.append(name, chunk);
    }
  }
}
