package io.longcat4j.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes F32 tensors into a safetensors file. Not thread-safe. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
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
   * @throws CheckpointException if it cannot be written
   */
  public void write(Path file) {
    byte[] header = header();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer start =
          ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, start.putLong(header.length).put(header).flip());
      for (Entry entry : entries.values()) {
        writeValues(channel, entry.values());
      }
    } catch (IOException e) {
      throw new CheckpointException(
          file + ": cannot be written (" + e + "); check that its folder exists and has room", e);
    }
  }

  private byte[] header() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    long offset = 0;
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      ObjectNode tensor = json.putObject(entry.getKey()).put("dtype", DType.F32.name());
      Arrays.stream(entry.getValue().shape().dims()).forEach(tensor.putArray("shape")::add);
      long end = offset + 4L * entry.getValue().values().length;
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    try {
      String text = JsonMapper.builder().build().writeValueAsString(json);
      int used = text.getBytes(StandardCharsets.UTF_8).length;
      int padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
      return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writeValues(FileChannel channel, float[] values) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(4 * VALUES_AT_ONCE).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += VALUES_AT_ONCE) {
      int count = Math.min(VALUES_AT_ONCE, values.length - from);
      chunk.clear().limit(4 * count);
      chunk.asFloatBuffer().put(values, from, count);
      writeFully(channel, chunk);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
