package io.longcat4j.media;

import io.longcat4j.spi.Cancellation;
import java.util.function.IntSupplier;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Ends FFmpeg's reading of a container whose content nobody wants any more: FFmpeg asks before
 * every block of a file and between the packets it probes, on the thread that called it. One
 * callback serves all threads and lives as long as the process, because a callback is an owning
 * JavaCPP pointer; where none can be made, containers are still asked about between two calls.
 */
final class ReadInterrupt extends AVIOInterruptCB.Callback_Pointer {
  private static final ThreadLocal<Cancellation> ASKED = new ThreadLocal<>();
  private static final @Nullable ReadInterrupt CALLBACK = create();

  private ReadInterrupt() {}

  private static @Nullable ReadInterrupt create() {
    try {
      return new ReadInterrupt();
    } catch (OutOfMemoryError tooMuchPhysicalMemory) {
      return null;
    }
  }

  /** Lets a container, not opened yet, ask. */
  static void install(AVFormatContext context) {
    if (CALLBACK != null) {
      context.interrupt_callback().callback(CALLBACK);
    }
  }

  /**
   * Calls into FFmpeg, which asks meanwhile.
   *
   * @param wanted what it asks; its exception is thrown when the call has returned
   * @param call into FFmpeg
   * @return what the call returned
   */
  static int during(Cancellation wanted, IntSupplier call) {
    ASKED.set(wanted);
    int status;
    try {
      status = call.getAsInt();
    } finally {
      ASKED.remove();
    }
    wanted.check();
    return status;
  }

  /** Whether the call that this thread is in is for nobody any more. */
  static boolean isUnwanted() {
    Cancellation wanted = ASKED.get();
    try {
      if (wanted != null) {
        wanted.check();
      }
      return false;
    } catch (RuntimeException | Error unwanted) {
      return true; // Thrown again when the call has returned: it cannot pass through native code.
    }
  }

  @Override
  public int call(@Nullable Pointer opaque) {
    return isUnwanted() ? 1 : 0;
  }
}
