package io.longcat4j.media;

import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** FFmpeg's reads in {@link MemoryState}, block by block: it asks between them. */
final class MemoryReads extends Read_packet_Pointer_BytePointer_int {
  /** FFmpeg searches less than that in a hundredth of a second. */
  static final int BLOCK_BYTES = 1 << 18;

  @Override
  public int call(@Nullable Pointer opaque, @Nullable BytePointer into, int most) {
    if (opaque == null || into == null) {
      return avutil.AVERROR_EOF();
    }
    if (ReadInterrupt.isUnwanted()) {
      return avutil.AVERROR_EXIT();
    }
    int bytes = new MemoryState(opaque).read(into, Math.min(most, BLOCK_BYTES));
    return bytes == 0 ? avutil.AVERROR_EOF() : bytes;
  }
}
