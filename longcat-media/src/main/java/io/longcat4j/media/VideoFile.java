package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a video's pictures, and the way to them. Immutable and thread-safe: no native
 * memory is held between calls, so there is nothing to close.
 *
 * <p>A frame's index is its place in the order of presentation, whatever its time: frames of a
 * variable rate are counted like all others. Only the frames of a GIF, which may each stay for
 * seconds, count as often as their time asks, at ten a second or more.
 *
 * @param source the file or bytes
 * @param width of a frame in pixels, turned as the container asks
 * @param height of a frame in pixels, turned as the container asks
 * @param frameCount frames in the video, at least 1
 * @param framesPerSecond average rate the container names, above 0
 */
public record VideoFile(
    MediaSource source, int width, int height, int frameCount, double framesPerSecond) {
  /**
   * How many frames at the end may be missing: containers promise frames that decoders do not give.
   * The last decoded one stands in for them. The reference avoids its last five for the same
   * reason.
   */
  private static final int TOLERATED_MISSING_FRAMES = 5;

  /**
   * Reads a video's header, and counts its packets where the header does not say how many frames
   * there are.
   *
   * @param source MP4, MOV, MKV, WebM and others
   * @return the video
   * @throws MediaException if the source cannot be read or holds no pictures
   */
  public static VideoFile open(MediaSource source) {
    try (Demuxer demuxer = Demuxer.open(source)) {
      AVStream stream = videoStream(demuxer);
      int width = stream.codecpar().width();
      int height = stream.codecpar().height();
      Rotation rotation = Rotation.of(stream);
      if (width < 1 || height < 1 || (long) width * height > FrameReader.MAX_PIXELS) {
        throw new MediaException(
            demuxer.name()
                + " has frames of "
                + width
                + " x "
                + height
                + " pixels; at least 1 x 1 and at most 8192 x 8192 are read, so the header is"
                + " damaged or the video must be scaled down");
      }
      FrameTimes times = FrameTimes.of(demuxer, stream);
      return new VideoFile(
          source,
          rotation.swapsSides() ? height : width,
          rotation.swapsSides() ? width : height,
          times.frameCount(),
          times.framesPerSecond());
    }
  }

  private static AVStream videoStream(Demuxer demuxer) {
    AVStream stream = demuxer.select(avutil.AVMEDIA_TYPE_VIDEO);
    if (stream == null) {
      throw new MediaException(
          demuxer.name() + " has no moving pictures; pass a video file, or the sound as audio");
    }
    return stream;
  }

  /**
   * Decodes frames as they are.
   *
   * @param indices each from 0 to {@link #frameCount()} - 1, in any order, repeats allowed
   * @return one picture for each index, the same object for the same index
   * @throws MediaException if a frame cannot be decoded
   * @throws io.longcat4j.GenerationCancelledException if the thread has been interrupted
   */
  public List<Pixels> frames(int[] indices) {
    return frames(indices, UnaryOperator.identity());
  }

  /**
   * Decodes frames and changes each as soon as it is there, so that only the changed ones take
   * memory. The file is read once, from its start to the highest index.
   *
   * @param indices each from 0 to {@link #frameCount()} - 1, in any order, repeats allowed
   * @param change applied once to each different frame, such as scaling it down
   * @return one picture for each index, the same object for the same index
   * @throws MediaException if a frame cannot be decoded
   * @throws io.longcat4j.GenerationCancelledException if the thread has been interrupted
   */
  public List<Pixels> frames(int[] indices, UnaryOperator<Pixels> change) {
    Map<Integer, Pixels> decoded = decode(sortedIndices(indices), change);
    List<Pixels> result = new ArrayList<>(indices.length);
    for (int index : indices) {
      result.add(decoded.get(index));
    }
    return result;
  }

  private int[] sortedIndices(int[] indices) {
    int[] sorted = Arrays.stream(indices).distinct().sorted().toArray();
    if (sorted.length > 0 && (sorted[0] < 0 || sorted[sorted.length - 1] >= frameCount)) {
      throw new IllegalArgumentException(
          source.describe()
              + " has frames 0 to "
              + (frameCount - 1)
              + ", not "
              + sorted[0]
              + " to "
              + sorted[sorted.length - 1]);
    }
    return sorted;
  }

  private Map<Integer, Pixels> decode(int[] sorted, UnaryOperator<Pixels> change) {
    if (sorted.length == 0) {
      return Map.of();
    }
    try (Demuxer demuxer = Demuxer.open(source)) {
      AVStream stream = videoStream(demuxer);
      Rotation rotation = Rotation.of(stream);
      int decodedWidth = rotation.swapsSides() ? height : width;
      int decodedHeight = rotation.swapsSides() ? width : height;
      try (FrameReader reader = FrameReader.open(demuxer, stream);
          RgbConverter converter = new RgbConverter(decodedWidth, decodedHeight)) {
        FrameTimes times = new FrameTimes(frameCount, framesPerSecond);
        return decode(
            sorted,
            reader,
            frame -> times.repeats(frame, stream),
            frame -> change.apply(rotation.apply(converter.convert(frame))));
      }
    }
  }

  private Map<Integer, Pixels> decode(
      int[] sorted,
      FrameReader reader,
      ToIntFunction<AVFrame> repeats,
      Function<AVFrame, Pixels> convert) {
    Map<Integer, Pixels> decoded = new HashMap<>();
    int tolerated = Math.min(TOLERATED_MISSING_FRAMES, frameCount / 10);
    long shown = 0;
    Pixels last = null;
    while (decoded.size() < sorted.length) {
      AVFrame frame = reader.next();
      if (frame == null) {
        break;
      }
      shown += repeats.applyAsInt(frame);
      if (sorted[decoded.size()] < shown || shown >= frameCount - tolerated) {
        last = convert.apply(frame);
      }
      while (decoded.size() < sorted.length && sorted[decoded.size()] < shown) {
        decoded.put(sorted[decoded.size()], last);
      }
    }
    if (decoded.size() < sorted.length) {
      requireNearlyAll(shown, tolerated, reader);
      substitute(decoded, sorted, last);
    }
    return decoded;
  }

  private void requireNearlyAll(long shown, int tolerated, FrameReader reader) {
    if (shown == 0 || frameCount - shown > tolerated) {
      throw new MediaException(
          source.describe()
              + " promises "
              + frameCount
              + " frames, but only "
              + shown
              + " can be decoded ("
              + reader.damage()
              + "); it is damaged or cut off, pass a complete video");
    }
  }

  private static void substitute(
      Map<Integer, Pixels> decoded, int[] sorted, @Nullable Pixels last) {
    for (int i = decoded.size(); i < sorted.length; i++) {
      decoded.put(sorted[i], last);
    }
  }
}
