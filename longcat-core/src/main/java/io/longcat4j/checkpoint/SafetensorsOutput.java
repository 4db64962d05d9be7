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
import java.util.List;

/**
 * Writes a safetensors file of any size piece by piece: all tensors are declared first, then their
 * bytes follow in that order. Not thread-safe; closed by whoever made it.
 */
public final class SafetensorsOutput implements AutoCloseable {
  private static final int ALIGNMENT = 8;

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
      return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
    }
  }

  private final Path file;
  private final FileChannel channel;
  private long missing;

  private SafetensorsOutput(Path file, FileChannel channel, long missing) {
    this.file = file;
    this.channel = channel;
    this.missing = missing;
  }

  /**
   * Starts a file; an existing one is replaced.
   *
   * @param file where to
   * @param declarations all tensors, in the order in which their bytes will come
   * @return the output, to be closed by the caller
   * @throws CheckpointException if the file cannot be written
   */
  public static SafetensorsOutput create(Path file, List<Declaration> declarations) {
    byte[] header = header(declarations);
    long bytes = declarations.stream().mapToLong(Declaration::byteSize).sum();
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      SafetensorsOutput output = new SafetensorsOutput(file, channel, bytes);
      ByteBuffer start =
          ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
      output.writeFully(start.putLong(header.length).put(header).flip());
      return output;
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /**
   * Appends bytes of the tensor in turn, or of several.
   *
   * @param bytes little-endian, row by row; all that remain are taken
   * @throws CheckpointException if the file cannot be written
   * @throws IllegalArgumentException if these are more than were declared
   */
  public void write(ByteBuffer bytes) {
    if (bytes.remaining() > missing) {
      throw new IllegalArgumentException(
          file + ": " + bytes.remaining() + " bytes are more than the " + missing + " still due");
    }
    missing -= bytes.remaining();
    writeFully(bytes);
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
    if (missing > 0) {
      throw new CheckpointException(
          file + ": is incomplete, " + missing + " bytes were not written; delete it");
    }
  }

  private void writeFully(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
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
      long end = offset + declaration.byteSize();
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

  private static CheckpointException cannotWrite(Path file, IOException e) {
    return new CheckpointException(
        file + ": cannot be written (" + e + "); check that its folder exists and has room", e);
  }
}
