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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file of any size piece by piece: all tensors are declared first, then their
 * bytes follow, those of one tensor in order, the tensors in any. Not thread-safe; closed by
 * whoever made it.
 */
public final class SafetensorsOutput implements AutoCloseable {
  /** The data begin at a multiple of a cache line, so that no vector of weights lies across two. */
  private static final int ALIGNMENT = 64;

  /**
   * A tensor to come.
   *
   * @param name its name
   * @param dtype its number format
   * @param shape its sizes
   */
  public record Declaration(String name, DType dtype, Shape shape) {
    /**
     * Its size in the file.
     *
     * @return bytes
     */
    public long byteSize() {
      return dtype.bytes(shape.elements());
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final Map<String, Room> rooms = new HashMap<>();
  private long end;

  /** What is left of the bytes of a tensor. */
  private static final class Room {
    private long position;
    private long missing;
  }

  private SafetensorsOutput(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Starts a file. An existing one is replaced, not changed: its other links and its mappings keep
   * what they have.
   *
   * @param file where to
   * @param declarations all tensors, in the order in which they shall lie in the file
   * @return the output, to be closed by the caller
   * @throws CheckpointException if the file cannot be written
   */
  public static SafetensorsOutput create(Path file, List<Declaration> declarations) {
    byte[] header = header(declarations);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    SafetensorsOutput output = new SafetensorsOutput(file, open(file));
    long position = start.remaining();
    for (Declaration declaration : declarations) {
      Room room = new Room();
      room.position = position;
      room.missing = declaration.byteSize();
      output.rooms.put(declaration.name(), room);
      position += room.missing;
    }
    output.end = position;
    output.write(start, 0);
    return output;
  }

  private static FileChannel open(Path file) {
    try {
      Files.deleteIfExists(file);
      return FileChannel.open(
          file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /**
   * Writes the next bytes of a tensor.
   *
   * @param tensor its name
   * @param bytes little-endian, row by row; all that remain are taken
   * @throws CheckpointException if the file cannot be written
   * @throws IllegalArgumentException if the tensor or so many bytes of it were not declared
   */
  public void append(String tensor, ByteBuffer bytes) {
    Room room = rooms.get(tensor);
    if (room == null) {
      throw new IllegalArgumentException(file + ": nobody declared a tensor " + tensor);
    }
    int length = bytes.remaining();
    if (length > room.missing) {
      throw new IllegalArgumentException(
          file + ": " + length + " bytes of " + tensor + ", but " + room.missing + " are due");
    }
    write(bytes, room.position);
    room.position += length;
    room.missing -= length;
  }

  /**
   * Leaves what was not written yet as zeros. They are a hole in the file, which takes no room
   * where the file system knows holes.
   *
   * @throws CheckpointException if the file cannot be written
   */
  public void leaveHoles() {
    try {
      if (channel.size() < end) {
        write(ByteBuffer.allocate(1), end - 1);
      }
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
    rooms.values().forEach(room -> room.missing = 0);
  }

  /**
   * Ends the file.
   *
   * @throws CheckpointException if bytes that were declared never came, or the disk is full
   */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
    long missing = rooms.values().stream().mapToLong(room -> room.missing).sum();
    if (missing > 0) {
      throw new CheckpointException(
          file + ": is incomplete, " + missing + " bytes were not written; delete it");
    }
  }

  private void write(ByteBuffer bytes, long position) {
    try {
      long at = position;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  private static byte[] header(List<Declaration> declarations) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    long offset = 0;
    for (Declaration declaration : declarations) {
      ObjectNode tensor = json.putObject(declaration.name());
      tensor.put("dtype", declaration.dtype().name());
      Arrays.stream(declaration.shape().dims()).forEach(tensor.putArray("shape")::add);
      long end = Math.addExact(offset, declaration.byteSize());
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    try {
      String text = JsonMapper.builder().build().writeValueAsString(json);
      int used = text.getBytes(StandardCharsets.UTF_8).length;
      int padding = (ALIGNMENT - (Long.BYTES + used) % ALIGNMENT) % ALIGNMENT;
      return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CheckpointException cannotWrite(Path file, IOException e) {
    return new CheckpointException(
        file + ": cannot be written (" + e + "); check that its folder exists and has room", e);
  }
}
