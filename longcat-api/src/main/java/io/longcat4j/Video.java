package io.longcat4j;

import java.io.InputStream;
import java.nio.file.Path;

/**
 * Moving pictures without sound: MP4, MOV, MKV, WebM and others, or frames already chosen. Needs
 * {@code longcat-vision} on the class path.
 *
 * @param content where the pictures are
 * @param sampling which of them are looked at; ignored for frames already chosen
 */
public record Video(Content content, VideoSampling sampling) implements Part {

  /** Either an encoded file or frames. */
  public sealed interface Content permits Encoded, Decoded {}

  /**
   * An encoded video.
   *
   * @param source where its bytes are
   */
  public record Encoded(MediaSource source) implements Content {}

  /**
   * Frames already chosen.
   *
   * @param frames pairs of pictures with their times
   */
  public record Decoded(VideoFrames frames) implements Content {}

  /**
   * A video file, read when the prompt is processed.
   *
   * @param file MP4, MOV, MKV, WebM
   * @return the part
   */
  public static Video of(Path file) {
    return new Video(new Encoded(MediaSource.of(file)), VideoSampling.defaults());
  }

  /**
   * An encoded video in memory.
   *
   * @param file content of a video file
   * @return the part
   */
  public static Video of(byte[] file) {
    return new Video(new Encoded(MediaSource.of(file)), VideoSampling.defaults());
  }

  /**
   * An encoded video from a stream, read to its end at once; the caller closes it.
   *
   * @param stream content of a video file
   * @return the part
   */
  public static Video of(InputStream stream) {
    return new Video(new Encoded(MediaSource.of(stream)), VideoSampling.defaults());
  }

  /**
   * Frames already chosen.
   *
   * @param frames pairs of pictures with their times
   * @return the part
   */
  public static Video of(VideoFrames frames) {
    return new Video(new Decoded(frames), VideoSampling.defaults());
  }

  /**
   * The same video with other sampling.
   *
   * @param sampling which frames are looked at
   * @return a new part
   */
  public Video with(VideoSampling sampling) {
    return new Video(content, sampling);
  }
}
