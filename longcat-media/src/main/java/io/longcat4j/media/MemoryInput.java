package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;

import io.longcat4j.MediaException;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * A whole file in FFmpeg's own read buffer: all of it counts as already read, so FFmpeg seeks
 * inside the buffer and never asks for more. That needs no call back into Java and no temporary
 * file. Owns the buffer; {@link #close} is idempotent. Not thread-safe.
 */
final class MemoryInput implements AutoCloseable {
  /** FFmpeg's parsers may look that far past the end of what they are given. */
  private static final int PADDING_BYTES = 64;

  private @Nullable AVIOContext io;

  private MemoryInput(AVIOContext io) {
    this.io = io;
  }

  static MemoryInput of(byte[] content) {
    BytePointer buffer = Ffmpeg.allocate((long) content.length + PADDING_BYTES);
    buffer.put(content, 0, content.length);
    AVIOContext io =
        avio_alloc_context(
            buffer,
            content.length,
            0,
            InputSize.encode(content.length),
            (Read_packet_Pointer_BytePointer_int) null,
            (Write_packet_Pointer_BytePointer_int) null,
            InputSize.callback());
    if (Ffmpeg.isNull(io)) {
      Ffmpeg.free(buffer);
      throw new MediaException("FFmpeg cannot allocate an input; free memory");
    }
    io.buf_end(buffer.getPointer(content.length));
    io.pos(content.length);
    io.seekable(avformat.AVIO_SEEKABLE_NORMAL);
    return new MemoryInput(io);
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
    }
  }
}
