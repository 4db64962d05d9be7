package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.spi.Cancellation;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * Counts the frames that a player shows, by decoding all of them without their pixels. For clips
 * whose packets do not tell.
 */
final class FrameTally {
  private FrameTally() {}

  /**
   * Counts.
   *
   * @param source a clip
   * @param wanted asked for every packet
   * @return at least 1
   * @throws MediaException if nothing can be shown, or too much of the clip is damaged
   */
  static long of(MediaSource source, Cancellation wanted) {
    try (Demuxer demuxer = Demuxer.open(source, wanted)) {
      AVStream stream = demuxer.selectVideo();
      try (FrameReader reader = FrameReader.toCount(demuxer, stream)) {
        return count(demuxer, stream, reader);
      }
    }
  }

  private static long count(Demuxer demuxer, AVStream stream, FrameReader reader) {
    long shown = 0;
    long undecodableLeadIn = 0;
    while (reader.next() != null) {
      if (shown == 0) {
        undecodableLeadIn = reader.damagedPackets();
      }
      shown++;
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
    return shown;
  }
}
