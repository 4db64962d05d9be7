package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;

import io.longcat4j.MediaException;
import java.util.function.Supplier;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in memory as FFmpeg reads a file, without one: by two callbacks that serve all inputs and
 * all threads and live as long as the process, because a callback is an owning JavaCPP pointer.
 * Owns a copy of the bytes and FFmpeg's buffer; {@link #close} is idempotent. Not thread-safe.
 */
final class MemoryInput implements AutoCloseable {
  private static final @Nullable MemoryReads READS = create(MemoryReads::new);
  private static final @Nullable MemorySeeks SEEKS = create(MemorySeeks::new);

  private final MemoryState state;
  private @Nullable AVIOContext io;

  private MemoryInput(MemoryState state, AVIOContext io) {
    this.state = state;
    this.io = io;
  }

  private static <T> @Nullable T create(Supplier<T> callback) {
    try {
      return callback.get();
    } catch (OutOfMemoryError tooMuchPhysicalMemory) {
      return null;
    }
  }

  static MemoryInput of(byte[] content) {
    if (READS == null || SEEKS == null) {
      throw new MediaException(
          "Bytes in memory cannot be read, because the process has passed JavaCPP's limit of"
              + " physical memory; set -Dorg.bytedeco.javacpp.maxphysicalbytes=0, or pass a file");
    }
    MemoryState state = MemoryState.of(content);
    try {
      return new MemoryInput(state, io(state));
    } catch (RuntimeException | Error e) {
      state.free();
      throw e;
    }
  }

  private static AVIOContext io(MemoryState state) {
    BytePointer buffer = Ffmpeg.allocate(MemoryReads.BLOCK_BYTES);
    AVIOContext io =
        avio_alloc_context(
            buffer,
            MemoryReads.BLOCK_BYTES,
            0,
            state.address(),
            READS,
            (Write_packet_Pointer_BytePointer_int) null,
            SEEKS);
    if (Ffmpeg.isNull(io)) {
      Ffmpeg.free(buffer);
      throw new MediaException("FFmpeg cannot allocate an input; free memory");
    }
    return io;
  }

  AVIOContext io() {
    if (io == null) {
      throw new IllegalStateException("The input has been closed");
    }
    return io;
  }

  @Override
  public void close() {
    AVIOContext open = io;
    io = null;
    if (open != null) {
      // Probing may have replaced the buffer: the current one is the one to free.
      Ffmpeg.free(open.buffer());
      avio_context_free(open);
      state.free();
    }
  }
}
