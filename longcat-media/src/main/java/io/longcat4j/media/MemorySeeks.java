package io.longcat4j.media;

import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** FFmpeg's seeks in {@link MemoryState}, and its question for the size. */
final class MemorySeeks extends Seek_Pointer_long_int {
  private static final int FROM_START = 0;
  private static final int FROM_HERE = 1;
  private static final int FROM_END = 2;
  private static final int UNSUPPORTED = -1;

  @Override
  public long call(@Nullable Pointer opaque, long offset, int whence) {
    if (opaque == null) {
      return UNSUPPORTED;
    }
    MemoryState state = new MemoryState(opaque);
    if ((whence & avformat.AVSEEK_SIZE) != 0) {
      return state.length();
    }
    long base =
        switch (whence & ~avformat.AVSEEK_FORCE) {
          case FROM_START -> 0;
          case FROM_HERE -> state.position();
          case FROM_END -> state.length();
          default -> UNSUPPORTED;
        };
    long target = base + offset;
    if (base < 0 || target < 0) {
      return UNSUPPORTED;
    }
    state.seek(target);
    return target;
  }
}
