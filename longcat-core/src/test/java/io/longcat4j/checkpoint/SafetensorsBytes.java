package io.longcat4j.checkpoint;

import io.longcat4j.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes safetensors files, right ones and wrong ones. */
final class SafetensorsBytes {
  private final List<String> entries = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  SafetensorsBytes tensor(String name, DType dtype, long[] dims, byte[] bytes) {
    int begin = data.size();
    data.writeBytes(bytes);
    return entry(
        String.format(
            "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
            name, dtype, Arrays.toString(dims), begin, data.size()));
  }

  SafetensorsBytes floats(String name, long[] dims, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, DType.F32, dims, bytes.array());
  }

  SafetensorsBytes entry(String json) {
    entries.add(json);
    return this;
  }

  SafetensorsBytes data(int length) {
    data.writeBytes(new byte[length]);
    return this;
  }

  byte[] bytes() {
    return file("{" + String.join(",", entries) + "}", data.toByteArray());
  }

  Path write(Path file) {
    return write(file, bytes());
  }

  static byte[] file(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
