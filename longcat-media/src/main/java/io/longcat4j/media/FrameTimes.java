package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_GIF;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * How many frames a stream shows, and how fast.
 *
 * <p>Frames are counted, whatever their times, as the reference's reader does. A GIF is the
 * exception: what writes GIFs leaves out every frame that is like the one before, which then stays
 * longer, so that two frames may be a clip of three seconds. There each frame counts as often as
 * its time asks.
 *
 * @param frameCount frames shown, at least 1
 * @param framesPerSecond average rate, above 0
 */
record FrameTimes(int frameCount, double framesPerSecond) {
  private static final double LEAST_GIF_RATE = 10;

  /**
   * Reads a stream's header, and its packets where the header does not say enough.
   *
   * @param demuxer open at its beginning
   * @param stream the selected stream
   * @param decoding whether frames are counted by decoding whatever the packets say
   * @param source what the demuxer reads, to be read again where packets do not tell
   * @param wanted asked meanwhile
   * @return the times
   * @throws MediaException if there are no frames or no rate
   */
  static FrameTimes of(
      Demuxer demuxer, AVStream stream, boolean decoding, MediaSource source, Cancellation wanted) {
    if (isGif(stream)) {
      return ofGif(demuxer, stream);
    }
    double rate = averageRate(stream, demuxer.name());
    PacketCount packets = PacketCount.of(demuxer, stream);
    if ((packets.certain() && !decoding) || packets.frames() == 0) {
      return new FrameTimes(checked(packets.frames(), demuxer), rate);
    }
    FrameTally decoded = decoded(demuxer, packets, source, wanted);
    return new FrameTimes(checked(decoded.frames(), demuxer), decoded.framesPerSecond(rate));
  }

  private static FrameTally decoded(
      Demuxer demuxer, PacketCount packets, MediaSource source, Cancellation wanted) {
    try {
      return FrameTally.of(source, wanted);
    } catch (MediaException refused) {
      throw packets.keyFrames() == 0 ? MissingFrames.withoutKeyFrame(demuxer.name()) : refused;
    }
  }

  /**
   * How often a decoded frame counts.
   *
   * @param frame decoded from the stream
   * @param stream the stream
   * @return from 1 to the number of frames
   */
  int repeats(AVFrame frame, AVStream stream) {
    if (!isGif(stream)) {
      return 1;
    }
    double shown = Math.rint(frame.duration() * av_q2d(stream.time_base()) * framesPerSecond);
    return (int) Math.max(1, Math.min(shown, frameCount));
  }

  static boolean isGif(AVStream stream) {
    return stream.codecpar().codec_id() == AV_CODEC_ID_GIF;
  }

  private static FrameTimes ofGif(Demuxer demuxer, AVStream stream) {
    List<Long> durations = new ArrayList<>();
    demuxer.forEachPacket(stream, packet -> durations.add(Math.max(1, packet.duration())));
    if (durations.isEmpty()) {
      return new FrameTimes(checked(0, demuxer), LEAST_GIF_RATE);
    }
    long common = durations.stream().reduce(0L, FrameTimes::greatestCommonDivisor);
    double rate = 1 / (common * av_q2d(stream.time_base()));
    long parts = (long) Math.ceil(Math.max(1, LEAST_GIF_RATE / rate));
    long frames = durations.stream().mapToLong(d -> d / common * parts).sum();
    return new FrameTimes(checked(frames, demuxer), rate * parts);
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  private static double averageRate(AVStream stream, String name) {
    for (AVRational rate : List.of(stream.avg_frame_rate(), stream.r_frame_rate())) {
      if (rate.num() > 0 && rate.den() > 0) {
        return (double) rate.num() / rate.den();
      }
    }
    throw new MediaException(name + " does not say its frame rate; convert it to MP4");
  }

  private static int checked(long count, Demuxer demuxer) {
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw new MediaException(
          demuxer.name() + " has " + count + " frames; it is damaged, pass a complete video");
    }
    return (int) count;
  }
}
