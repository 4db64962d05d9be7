package io.longcat4j.media;

/** Loads FFmpeg ahead of its first use. */
public final class MediaLibrary {
  private MediaLibrary() {}

  /**
   * Unpacks and loads the native libraries; later calls do nothing. Everything here loads them when
   * needed, so calling this is a matter of timing: JavaCPP refuses to load libraries once the
   * process holds more private memory than four times the Java heap, so a program that fills much
   * native memory calls this before. Thread-safe.
   *
   * @throws io.longcat4j.MediaException if they cannot be loaded
   */
  public static void load() {
    Ffmpeg.require();
  }
}
