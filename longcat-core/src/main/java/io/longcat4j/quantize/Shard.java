package io.longcat4j.quantize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file whose tensors are known before their bytes, which then come in any order. */
final class Shard implements Closeable {
  private static final int ALIGNMENT = 8;

  private final FileChannel channel;
  private final Map<String, Long> next = new HashMap<>();

  private Shard(FileChannel channel) {
    this.channel = channel;
  }

  static Shard create(Path file, List<TensorPlan> plans) throws IOException {
    Shard shard =
        new Shard(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      shard.writeHeader(plans);
      return shard;
    } catch (IOException | RuntimeException e) {
      shard.close();
      throw e;
    }
  }

  /** Writes the next bytes of a tensor. */
  void append(String tensor, ByteBuffer bytes) throws IOException {
    long position = next.getOrDefault(tensor, 0L);
    next.put(tensor, position + bytes.remaining());
    write(bytes, position);
  }

  private void writeHeader(List<TensorPlan> plans) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    long offset = 0;
    for (TensorPlan plan : plans) {
      for (TensorPlan.Written tensor : plan.written()) {
        ObjectNode entry = json.putObject(tensor.name()).put("dtype", tensor.dtype().name());
        Arrays.stream(tensor.shape().dims()).forEach(entry.putArray("shape")::add);
        long end = Math.addExact(offset, tensor.bytes());
        entry.putArray("data_offsets").add(offset).add(end);
        next.put(tensor.name(), offset);
        offset = end;
      }
    }
    byte[] header = bytes(json);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    long data = start.remaining();
    next.replaceAll((name, at) -> at + data);
    write(start, 0);
  }

  private static byte[] bytes(ObjectNode json) throws JsonProcessingException {
    String text = JsonMapper.builder().build().writeValueAsString(json);
    int used = text.getBytes(StandardCharsets.UTF_8).length;
    int padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
    return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
