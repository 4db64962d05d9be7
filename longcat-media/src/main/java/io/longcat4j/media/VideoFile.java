package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * What is known about a video's pictures, and the way to them. Immutable and thread-safe: no native
 * memory is held between calls, so there is nothing to close.
 *
 * <p>A frame's index is its place in the order of presentation, whatever its time: frames of a
 * variable rate are counted like all others. Frames that a player does not show are not counted,
 * such as those before the beginning of a clip that was trimmed without encoding it again. Only the
 * frames of a GIF, which may each stay for seconds, count as often as their time asks, at ten a
 * second or more.
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
   * A frame.
   *
   * @param picture what it shows
   * @param seconds when, counted from the first frame of the clip
   */
  public record Shown(Pixels picture, double seconds) {}

  /**
   * As {@link #open(MediaSource, Cancellation)}, ended by interruption alone.
   *
   * @param source MP4, MOV, MKV, WebM and others
   * @return the video
   * @throws MediaException if the source cannot be read or holds no pictures
   */
  public static VideoFile open(MediaSource source) {
    return open(source, Cancellation.BY_INTERRUPTION);
  }

  /**
   * Reads a video's header. Where that does not say how many frames are shown, its packets are
   * counted; where these do not tell either, the video is decoded.
   *
   * @param source MP4, MOV, MKV, WebM and others
   * @param wanted asked meanwhile, many times a second
   * @return the video
   * @throws MediaException if the source cannot be read or holds no pictures
   */
  public static VideoFile open(MediaSource source, Cancellation wanted) {
    return open(source, wanted, /* decoding= */ false);
  }

  /**
   * As {@link #open(MediaSource, Cancellation)}, but always decodes the video to count its frames.
   *
   * @param source MP4, MOV, MKV, WebM and others
   * @param wanted asked meanwhile, many times a second
   * @return the video
   * @throws MediaException if the source cannot be read or holds no pictures
   */
  public static VideoFile counted(MediaSource source, Cancellation wanted) {
    return open(source, wanted, /* decoding= */ true);
  }

  private static VideoFile open(MediaSource source, Cancellation wanted, boolean decoding) {
    try (Demuxer demuxer = Demuxer.open(source, wanted)) {
      AVStream stream = demuxer.selectVideo();
      int width = stream.codecpar().width();
      int height = stream.codecpar().height();
      requirePossible(demuxer, stream, width, height);
      Rotation rotation = Rotation.of(stream);
      FrameTimes times = FrameTimes.of(demuxer, stream, decoding, source, wanted);
      return new VideoFile(
          source,
          rotation.swapsSides() ? height : width,
          rotation.swapsSides() ? width : height,
          times.frameCount(),
          times.framesPerSecond());
    }
  }

  private static void requirePossible(Demuxer demuxer, AVStream stream, int width, int height) {
    if (width >= 1 && height >= 1 && (long) width * height <= FrameReader.MAX_PIXELS) {
      return;
    }
    if (width == 0 && height == 0 && PacketCount.of(demuxer, stream).keyFrames() == 0) {
      throw MissingFrames.withoutKeyFrame(demuxer.name());
    }
    throw new MediaException(
        demuxer.name()
            + " has frames of "
            + width
            + " x "
            + height
            + " pixels; at least 1 x 1 and at most 8192 x 8192 are read, so the header is"
            + " damaged or the video must be scaled down");
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
    return shown(indices, UnaryOperator.identity(), Cancellation.BY_INTERRUPTION).stream()
        .map(Shown::picture)
        .toList();
  }

  /**
   * Decodes frames and changes each as soon as it is there, so that only the changed ones take
   * memory. The file is read once, from its start to the highest index.
   *
   * @param indices each from 0 to {@link #frameCount()} - 1, in any order, repeats allowed
   * @param change applied once to each different frame, such as scaling it down
   * @param wanted asked meanwhile, many times a second
   * @return one frame for each index, the same object for the same index
   * @throws MiscountedFramesException if the video is complete, but has fewer frames than {@link
   *     #frameCount()}
   * @throws MediaException if a frame cannot be decoded
   */
  public List<Shown> shown(int[] indices, UnaryOperator<Pixels> change, Cancellation wanted) {
    int[] sorted = sortedIndices(indices);
    Map<Integer, Shown> decoded =
        sorted.length == 0 ? Map.of() : FrameDecoder.decode(this, sorted, change, wanted);
    List<Shown> result = new ArrayList<>(indices.length);
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
}
