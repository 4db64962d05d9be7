package io.longcat4j.media;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.longcat4j.MediaException;
import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.NativeLoader;
import java.io.IOException;
import java.nio.charset.Charset;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The native library: loading, error texts, plain memory. No JavaCPP {@code Pointer} here owns what
 * it points to, because owning ones are refused once the process holds more private memory than
 * four times the Java heap, which encoders' weights alone may.
 */
final class Ffmpeg {
  private static final @Nullable String FAILURE = load();

  private Ffmpeg() {}

  /** Makes sure that the native libraries are there. */
  static void require() {
    if (FAILURE != null) {
      throw new MediaException(
          "FFmpeg's native libraries cannot be loaded on "
              + Loader.getPlatform()
              + " ("
              + FAILURE
              + "); add org.bytedeco:ffmpeg and org.bytedeco:javacpp with the classifier of this"
              + " platform to the class path; "
              + NativeCache.REMEDY);
    }
  }

  private static @Nullable String load() {
    try {
      NativeLoader.load(
          Pointer.class,
          avutil.class,
          swresample.class,
          avcodec.class,
          avformat.class,
          swscale.class);
      silenceUnlessConfigured();
      return null;
    } catch (OutOfMemoryError guard) {
      return guard.getMessage() + ", so set -Dorg.bytedeco.javacpp.maxphysicalbytes=0";
    } catch (LinkageError | RuntimeException | IOException e) {
      return e.toString();
    }
  }

  /** The level is one for the whole process: an application that has set its own keeps it. */
  private static void silenceUnlessConfigured() {
    if (avutil.av_log_get_level() == avutil.AV_LOG_INFO) {
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    }
  }

  /** What an FFmpeg status means. */
  static String describe(int status) {
    byte[] text = new byte[128];
    avutil.av_strerror(status, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, UTF_8);
  }

  /** Native memory that the caller frees with {@link #free}. */
  static BytePointer allocate(long bytes) {
    Pointer memory = avutil.av_malloc(bytes);
    if (isNull(memory)) {
      throw new MediaException(
          "FFmpeg cannot allocate " + bytes + " bytes; free memory or use a smaller file");
    }
    return new BytePointer(memory);
  }

  static void free(Pointer memory) {
    avutil.av_free(memory);
  }

  /** A file name as the operating system's calls expect it, zero-terminated. */
  static BytePointer fileName(String name) {
    byte[] bytes = name.getBytes(fileNameCharset());
    BytePointer copy = allocate(bytes.length + 1L);
    copy.put(bytes, 0, bytes.length).put(bytes.length, (byte) 0);
    return copy;
  }

  static boolean isNull(@Nullable Pointer pointer) {
    return pointer == null || pointer.isNull();
  }

  private static Charset fileNameCharset() {
    String platform = System.getProperty("sun.jnu.encoding", "UTF-8");
    boolean wide = Loader.getPlatform().startsWith("windows");
    return wide || !Charset.isSupported(platform) ? UTF_8 : Charset.forName(platform);
  }
}
