package io.longcat4j.remote;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Parts of prompts as bytes. Files are read here, since the other rank may not see them. */
final class PartWriter {
  static final int IMAGE = 0;
  static final int VIDEO = 1;
  static final int INTERLEAVED = 2;

  private final MessageWriter into;
  private final long mostBytes;

  /** For a rank that takes so many bytes at once. */
  PartWriter(MessageWriter into, long mostBytes) {
    this.into = into;
    this.mostBytes = mostBytes;
  }

  /** Pictures alone: of an interleaved part, the sound is left out. */
  void pictures(List<Part> parts) {
    into.number(parts.size());
    for (Part part : parts) {
      if (part instanceof Image image) {
        into.number(IMAGE);
        image(image);
      } else if (part instanceof Video video) {
        into.number(VIDEO);
        video(video);
      } else if (part instanceof Interleaved interleaved) {
        into.number(INTERLEAVED);
        video(interleaved.video());
      } else {
        throw new IllegalArgumentException("no pictures: " + part.getClass());
      }
    }
  }

  void image(Image image) {
    into.flag(image.isUpright());
    if (image.content() instanceof Image.Encoded encoded) {
      into.flag(true);
      source(encoded.source());
    } else {
      into.flag(false);
      pixels(((Image.Decoded) image.content()).pixels());
    }
  }

  private void video(Video video) {
    sampling(video.sampling());
    if (video.content() instanceof Video.Encoded encoded) {
      into.flag(true);
      source(encoded.source());
    } else {
      into.flag(false);
      frames(((Video.Decoded) video.content()).frames());
    }
  }

  private void sampling(VideoSampling sampling) {
    into.text(sampling.strategy().name())
        .number(sampling.framesPerSecond())
        .number(sampling.averageFrames())
        .number(sampling.maxFrames());
    Optional<VideoSampling.Bound> bound = sampling.bound();
    into.flag(bound.isPresent());
    bound.ifPresent(part -> into.real(part.startSeconds()).real(part.endSeconds()));
    into.real(sampling.timeOffsetSeconds()).text(sampling.timestamps().name());
  }

  void frames(VideoFrames frames) {
    into.number(frames.frames().size());
    frames.frames().forEach(this::pixels);
    frames.pairSeconds().forEach(into::real);
  }

  void pixels(Pixels pixels) {
    into.number(pixels.width()).number(pixels.height()).bytes(pixels.rgb());
  }

  void audio(Audio audio) {
    if (audio.content() instanceof Audio.Encoded encoded) {
      into.flag(true);
      source(encoded.source());
    } else {
      into.flag(false);
      samples(((Audio.Decoded) audio.content()).samples());
    }
  }

  void samples(Samples samples) {
    into.number(samples.sampleRateHz()).floats(samples.values());
  }

  /** Its name, for messages, and its content. */
  private void source(MediaSource source) {
    byte[] content =
        source instanceof MediaSource.File file
            ? content(file.path())
            : ((MediaSource.Bytes) source).content();
    requireFitting(source, content.length);
    into.text(source.describe()).bytes(content);
  }

  private byte[] content(Path path) {
    if (!Files.exists(path)) {
      throw new MediaException(
          path + " does not exist (looked in " + path.toAbsolutePath() + "); check the path");
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new MediaException(
          path
              + " is not a readable file; pass a regular file this process may read, or what comes"
              + " through a pipe as an InputStream");
    }
    try {
      requireFitting(MediaSource.of(path), Files.size(path));
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new MediaException(path + " cannot be read: " + e + "; check the disk", e);
    }
  }

  private void requireFitting(MediaSource source, long bytes) {
    if (bytes > mostBytes) {
      throw new MediaException(
          "%s has %d bytes, but the rank with the encoders takes %d at once; give it a larger Java heap (-Xmx), send less, or leave the encoders on rank 0"
              .formatted(source.describe(), bytes, mostBytes));
    }
  }
}
