package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

import io.longcat4j.Pixels;
import io.longcat4j.media.VideoFile.Shown;
import io.longcat4j.spi.Cancellation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a video that keeps the frames that were asked for. Owns nothing but what it has
 * decoded. Not thread-safe.
 */
final class FrameDecoder {
  private final VideoFile video;
  private final AVStream stream;
  private final FrameReader reader;
  private final FrameTimes times;
  private final Map<Integer, Shown> decoded = new HashMap<>();
  private long shown;
  private long firstTime = AV_NOPTS_VALUE;
  private @Nullable Shown last;

  private FrameDecoder(VideoFile video, AVStream stream, FrameReader reader) {
    this.video = video;
    this.stream = stream;
    this.reader = reader;
    this.times = new FrameTimes(video.frameCount(), video.framesPerSecond());
  }

  /**
   * Decodes frames.
   *
   * @param video from where
   * @param sorted indices of frames, each once and inside the video, at least one
   * @param change applied to each of them
   * @param wanted asked meanwhile
   * @return the frame of each index
   */
  static Map<Integer, Shown> decode(
      VideoFile video, int[] sorted, UnaryOperator<Pixels> change, Cancellation wanted) {
    try (Demuxer demuxer = Demuxer.open(video.source(), wanted)) {
      AVStream stream = demuxer.selectVideo();
      Rotation rotation = Rotation.of(stream);
      int width = rotation.swapsSides() ? video.height() : video.width();
      int height = rotation.swapsSides() ? video.width() : video.height();
      try (FrameReader reader = FrameReader.open(demuxer, stream);
          RgbConverter converter = new RgbConverter(width, height)) {
        return new FrameDecoder(video, stream, reader)
            .decode(sorted, frame -> change.apply(rotation.apply(converter.convert(frame))));
      }
    }
  }

  private interface Conversion {
    Pixels convert(AVFrame frame);
  }

  private Map<Integer, Shown> decode(int[] sorted, Conversion conversion) {
    int tolerated = MissingFrames.tolerated(video.frameCount());
    while (decoded.size() < sorted.length) {
      AVFrame frame = reader.next();
      if (frame == null) {
        requireNearlyAll();
        substitute(sorted);
        return decoded;
      }
      double seconds = seconds(frame);
      shown += times.repeats(frame, stream);
      if (sorted[decoded.size()] < shown || shown >= video.frameCount() - tolerated) {
        last = new Shown(conversion.convert(frame), seconds);
      }
      while (decoded.size() < sorted.length && sorted[decoded.size()] < shown) {
        decoded.put(sorted[decoded.size()], last);
      }
    }
    return decoded;
  }

  private double seconds(AVFrame frame) {
    long time = frame.best_effort_timestamp();
    if (firstTime == AV_NOPTS_VALUE) {
      firstTime = time;
    }
    return time == AV_NOPTS_VALUE || FrameTimes.isGif(stream)
        ? shown / video.framesPerSecond()
        : (time - firstTime) * av_q2d(stream.time_base());
  }

  private void requireNearlyAll() {
    long promised = PacketCount.tableSize(stream);
    boolean complete = reader.packets() >= promised && reader.damagedPackets() == 0;
    if (complete && !FrameTimes.isGif(stream)) {
      throw new MiscountedFramesException(
          video.source().describe()
              + " shows "
              + shown
              + " frames, but "
              + video.frameCount()
              + " were counted; count them by decoding");
    }
    long missing = Math.max(0, video.frameCount() - shown);
    MissingFrames.require(video.source().describe(), shown, missing, reader, promised);
  }

  private void substitute(int[] sorted) {
    for (int i = decoded.size(); i < sorted.length; i++) {
      decoded.put(sorted[i], last);
    }
  }
}
