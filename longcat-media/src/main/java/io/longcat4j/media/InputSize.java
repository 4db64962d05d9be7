package io.longcat4j.media;

import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Tells FFmpeg how long an input in memory is; the length travels as the address of the opaque
 * pointer, so that one callback serves all inputs and all threads. It lives as long as the process.
 *
 * <p>A callback is an owning JavaCPP pointer, and creating it fails where the process has passed
 * JavaCPP's limit of physical memory. Inputs then have no known size, which costs nothing but the
 * exact trimming of some MP3 files.
 */
final class InputSize extends Seek_Pointer_long_int {
  private static final @Nullable InputSize CALLBACK = create();
  private static final int UNSUPPORTED = -1;

  private InputSize() {}

  private static @Nullable InputSize create() {
    try {
      return new InputSize();
    } catch (OutOfMemoryError tooMuchPhysicalMemory) {
      return null;
    }
  }

  static @Nullable InputSize callback() {
    return CALLBACK;
  }

  /** The opaque pointer of an input of that many bytes. */
  static Pointer encode(long bytes) {
    return new Size(bytes);
  }

  @Override
  public long call(@Nullable Pointer opaque, long offset, int whence) {
    boolean asksForSize = (whence & avformat.AVSEEK_SIZE) != 0;
    return asksForSize && opaque != null ? opaque.address() : UNSUPPORTED;
  }

  /** No memory: an address that is a number. */
  private static final class Size extends Pointer {
    Size(long bytes) {
      this.address = bytes;
    }
  }
}
