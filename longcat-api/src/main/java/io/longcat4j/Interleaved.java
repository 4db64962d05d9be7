package io.longcat4j;

import java.nio.file.Path;

/**
 * Moving pictures and a sound that run together, cut into chunks of one second and laid beside each
 * other. Needs {@code longcat-vision} and {@code longcat-audio} on the class path.
 *
 * @param video the pictures, with their sampling
 * @param audio the sound: a file of its own, or the video's own sound track
 */
public record Interleaved(Video video, Audio audio) implements Part {
  /**
   * Pictures and a sound from different places.
   *
   * @param video the pictures
   * @param audio the sound
   * @return the part
   */
  public static Interleaved of(Video video, Audio audio) {
    return new Interleaved(video, audio);
  }

  /**
   * A video file with its own sound track.
   *
   * @param file a video with sound
   * @return the part
   */
  public static Interleaved of(Path file) {
    return new Interleaved(Video.of(file), Audio.of(file));
  }

  /**
   * The same with other sampling of the pictures.
   *
   * @param sampling which frames are looked at
   * @return a new part
   */
  public Interleaved with(VideoSampling sampling) {
    return new Interleaved(video.with(sampling), audio);
  }
}
