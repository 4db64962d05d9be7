package io.longcat4j;

import java.io.InputStream;
import java.nio.file.Path;

/**
 * A sound: any common audio file, the sound track of a video file, or decoded samples. At most 120
 * s are heard. Needs {@code longcat-audio} on the class path.
 *
 * @param content where the sound is
 */
public record Audio(Content content) implements Part {

  /** Either an encoded file or samples. */
  public sealed interface Content permits Encoded, Decoded {}

  /**
   * An encoded sound.
   *
   * @param source where its bytes are
   */
  public record Encoded(MediaSource source) implements Content {}

  /**
   * A decoded sound.
   *
   * @param samples one channel of finite numbers, 1000 to 1000000 Hz
   */
  public record Decoded(Samples samples) implements Content {}

  /**
   * A sound file, read when the prompt is processed.
   *
   * @param file WAV, MP3, FLAC, OGG, AAC, or a video with a sound track
   * @return the part
   */
  public static Audio of(Path file) {
    return new Audio(new Encoded(MediaSource.of(file)));
  }

  /**
   * An encoded sound in memory.
   *
   * @param file content of a sound file
   * @return the part
   */
  public static Audio of(byte[] file) {
    return new Audio(new Encoded(MediaSource.of(file)));
  }

  /**
   * An encoded sound from a stream, read to its end at once; the caller closes it.
   *
   * @param stream content of a sound file
   * @return the part
   */
  public static Audio of(InputStream stream) {
    return new Audio(new Encoded(MediaSource.of(stream)));
  }

  /**
   * A decoded sound.
   *
   * @param samples one channel of finite numbers, 1000 to 1000000 Hz
   * @return the part
   */
  public static Audio of(Samples samples) {
    return new Audio(new Decoded(samples));
  }
}
