package io.longcat4j.remote;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What {@link PartWriter} wrote, and the names that messages are to have for what it sent. */
final class PartReader {
  private static final Audio SILENCE = Audio.of(new Samples(new float[0], 16_000));

  private final MessageReader from;
  private final SourceNames names;

  PartReader(MessageReader from, SourceNames names) {
    this.from = from;
    this.names = names;
  }

  List<Part> pictures() {
    return from.list("parts", Integer.BYTES, reader -> picture());
  }

  private Part picture() {
    return switch (from.number("kind of part", PartWriter.IMAGE, PartWriter.INTERLEAVED)) {
      case PartWriter.IMAGE -> image();
      case PartWriter.VIDEO -> video();
      default -> new Interleaved(video(), SILENCE);
    };
  }

  Image image() {
    boolean isUpright = from.flag("orientation");
    Image.Content content =
        from.flag("form of an image") ? new Image.Encoded(source()) : new Image.Decoded(pixels());
    return new Image(content, isUpright);
  }

  private Video video() {
    VideoSampling sampling = valid(this::sampling);
    Video.Content content =
        from.flag("form of a video") ? new Video.Encoded(source()) : new Video.Decoded(frames());
    return new Video(content, sampling);
  }

  private VideoSampling sampling() {
    VideoSampling.Builder builder =
        VideoSampling.builder()
            .strategy(from.named("strategy", VideoSampling.Strategy.values()))
            .framesPerSecond(from.number("pairs a second"))
            .averageFrames(from.number("pairs"))
            .maxFrames(from.number("most pairs"));
    if (from.flag("bound")) {
      builder.bound(from.real("start"), from.real("end"));
    }
    return builder
        .timeOffsetSeconds(from.real("offset"))
        .timestamps(from.named("timestamps", VideoSampling.Timestamps.values()))
        .build();
  }

  VideoFrames frames() {
    List<Pixels> frames = from.list("frames", 3 * Integer.BYTES, reader -> pixels());
    List<Double> seconds = new ArrayList<>();
    for (int pair = 0; pair < frames.size() / 2; pair++) {
      seconds.add(from.real("time"));
    }
    return valid(() -> new VideoFrames(frames, seconds));
  }

  Pixels pixels() {
    int width = from.number("width");
    int height = from.number("height");
    byte[] rgb = from.bytes("pixels");
    return valid(() -> new Pixels(width, height, rgb));
  }

  Audio audio() {
    return from.flag("form of a sound")
        ? new Audio(new Audio.Encoded(source()))
        : Audio.of(samples());
  }

  Samples samples() {
    int rate = from.number("rate");
    float[] values = from.floats("samples");
    return valid(() -> new Samples(values, rate));
  }

  private MediaSource source() {
    String name = from.text("name of a source");
    MediaSource source = MediaSource.of(from.bytes("content of a source"));
    names.add(source, name);
    return source;
  }

  /** What no rank can have made is malformed, not a request of a user. */
  private <T> T valid(Supplier<T> made) {
    try {
      return made.get();
    } catch (InvalidRequestException e) {
      throw from.malformed("what cannot be: " + e.getMessage());
    }
  }
}
