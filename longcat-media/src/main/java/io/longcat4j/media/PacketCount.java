package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_PROGRESSIVE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_UNKNOWN;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;

import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * How many frames the packets of a stream are, and whether a decoder shows one frame for each of
 * them. Mostly it does. It may not where an edit list hides packets, where two fields make a frame,
 * and where the first packets need a key frame that is not there: then only decoding tells.
 *
 * @param frames as counted, at least 0
 * @param keyFrames how many packets can be decoded without others before them
 * @param certain whether decoding gives as many
 */
record PacketCount(long frames, long keyFrames, boolean certain) {
  private static final int HIDDEN_IN_VP8 = 0x10;

  /**
   * Counts a stream's packets, by the container's table where it has one that was read to its end.
   *
   * @param demuxer open at its beginning
   * @param stream the selected stream
   * @return the count
   */
  static PacketCount of(Demuxer demuxer, AVStream stream) {
    return tableSize(stream) > 0 ? ofTable(stream) : ofPackets(demuxer, stream);
  }

  /** Entries of a sample table that is believed; 0 where a header's number is but an estimate. */
  static long tableSize(AVStream stream) {
    long named = stream.nb_frames();
    return named >= 1 && named == avformat_index_get_entries_count(stream) ? named : 0;
  }

  private static PacketCount ofTable(AVStream stream) {
    Tally tally = new Tally();
    int entries = avformat_index_get_entries_count(stream);
    for (int i = 0; i < entries; i++) {
      AVIndexEntry entry = avformat_index_get_entry(stream, i);
      tally.add(
          (entry.flags() & AVIndexEntry.AVINDEX_KEYFRAME) != 0,
          (entry.flags() & AVIndexEntry.AVINDEX_DISCARD_FRAME) == 0);
    }
    return tally.count(stream);
  }

  private static PacketCount ofPackets(Demuxer demuxer, AVStream stream) {
    boolean vp8 = stream.codecpar().codec_id() == AV_CODEC_ID_VP8;
    Tally tally = new Tally();
    demuxer.forEachPacket(
        stream,
        packet -> {
          if (!(vp8 && isHiddenInVp8(packet))) {
            tally.add(
                (packet.flags() & AV_PKT_FLAG_KEY) != 0,
                (packet.flags() & AV_PKT_FLAG_DISCARD) == 0);
          }
        });
    return tally.count(stream);
  }

  /** A frame that later ones refer to and nobody sees says so in its first byte. */
  private static boolean isHiddenInVp8(AVPacket packet) {
    return packet.size() > 0 && (packet.data().get() & HIDDEN_IN_VP8) == 0;
  }

  private static final class Tally {
    private long shown;
    private long keys;
    private boolean hides;
    private boolean beginsWithKey;

    void add(boolean key, boolean isShown) {
      beginsWithKey |= key && shown == 0 && !hides;
      keys += key ? 1 : 0;
      shown += isShown ? 1 : 0;
      hides |= !isShown;
    }

    PacketCount count(AVStream stream) {
      return new PacketCount(shown, keys, beginsWithKey && !hides && !mayHoldFields(stream));
    }
  }

  /**
   * Fields are told from frames by the stream itself; MP4 hides from FFmpeg whether H.264 is so.
   */
  private static boolean mayHoldFields(AVStream stream) {
    int order = stream.codecpar().field_order();
    AVCodecDescriptor codec = avcodec_descriptor_get(stream.codecpar().codec_id());
    boolean alone = !Ffmpeg.isNull(codec) && (codec.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    boolean unknown = order == AV_FIELD_UNKNOWN && stream.codecpar().codec_id() == AV_CODEC_ID_H264;
    return unknown || (!alone && order > AV_FIELD_PROGRESSIVE);
  }
}
