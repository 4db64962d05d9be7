package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.spi.Cancellation;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * The frames that a player shows, counted by decoding all of them without their pixels. For clips
 * whose packets do not tell.
 *
 * @param frames shown, at least 1
 * @param packets they were decoded from
 * @param seconds from the first frame to the last, or 0 if that is not known
 */
record FrameTally(long frames, long packets, double seconds) {
  /**
   * Counts.
   *
   * @param source a clip
   * @param wanted asked for every packet
   * @return the count
   * @throws MediaException if nothing can be shown, or too much of the clip is damaged
   */
  static FrameTally of(MediaSource source, Cancellation wanted) {
    try (Demuxer demuxer = Demuxer.open(source, wanted)) {
      AVStream stream = demuxer.selectVideo();
      try (FrameReader reader = FrameReader.toCount(demuxer, stream)) {
        return count(demuxer, stream, reader);
      }
    }
  }

  private static FrameTally count(Demuxer demuxer, AVStream stream, FrameReader reader) {
    long shown = 0;
    long undecodableLeadIn = 0;
    long first = AV_NOPTS_VALUE;
    long last = AV_NOPTS_VALUE;
    for (AVFrame frame = reader.next(); frame != null; frame = reader.next()) {
      last = frame.best_effort_timestamp();
      if (shown == 0) {
        undecodableLeadIn = reader.damagedPackets();
        first = last;
      }
      shown++;
    }
    if (shown == 0 && reader.damagedPackets() == 0) {
      throw MissingFrames.withoutKeyFrame(demuxer.name());
    }
    if (shown == 0) {
      throw new MediaException(
          demuxer.name()
              + " has no frame that can be shown ("
              + reader.damage()
              + "); it is damaged, pass a complete video");
    }
    long missing = reader.damagedPackets() - undecodableLeadIn;
    MissingFrames.require(demuxer.name(), shown, missing, reader, PacketCount.tableSize(stream));
    boolean timed = first != AV_NOPTS_VALUE && last != AV_NOPTS_VALUE;
    double seconds = timed ? (last - first) * av_q2d(stream.time_base()) : 0;
    return new FrameTally(shown, reader.packets(), seconds);
  }

  /**
   * The rate of the frames, where a container may mean that of the packets.
   *
   * @param named by the container
   * @return that, or half of it if each frame is two fields and their rate is named
   */
  double framesPerSecond(double named) {
    boolean fields = packets > 1.5 * frames && frames > 1;
    boolean twice = fields && named * seconds > 1.5 * (frames - 1);
    return twice ? named / 2 : named;
  }
}
