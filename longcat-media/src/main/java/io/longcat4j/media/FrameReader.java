package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.longcat4j.MediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The decoded frames of one stream, in order of presentation. Damaged packets are skipped, as every
 * player does. Owns its decoder, packet and frame, not the demuxer; {@link #close} is idempotent.
 * Not thread-safe.
 */
final class FrameReader implements AutoCloseable {
  /**
   * More pixels than any video has (8 K is 33 million); bounds what a forged header can ask for.
   */
  static final long MAX_PIXELS = 8192L * 8192L;

  private static final int MAX_THREADS = 4;
  private static final int MAX_DAMAGED_PACKETS = 10_000;

  private final Demuxer demuxer;
  private final AVCodecContext codec;
  private final AVPacket packet;
  private final AVFrame frame;
  private final int streamIndex;
  private boolean draining;
  private boolean closed;
  private long packets;
  private int damagedPackets;
  private int lastError;

  private FrameReader(
      Demuxer demuxer, int streamIndex, AVCodecContext codec, AVPacket packet, AVFrame frame) {
    this.demuxer = demuxer;
    this.streamIndex = streamIndex;
    this.codec = codec;
    this.packet = packet;
    this.frame = frame;
  }

  /**
   * Opens the decoder of a stream.
   *
   * @param demuxer where packets come from; must outlive this reader
   * @param stream the selected stream
   * @return the reader, owned by the caller
   * @throws MediaException if there is no decoder for the stream or its header is damaged
   */
  static FrameReader open(Demuxer demuxer, AVStream stream) {
    return open(demuxer, stream, /* counting= */ false);
  }

  /**
   * Opens the decoder of a stream whose frames are counted and not looked at: as many come, but
   * their pixels mean nothing.
   *
   * @param demuxer where packets come from; must outlive this reader
   * @param stream the selected stream
   * @return the reader, owned by the caller
   * @throws MediaException if there is no decoder for the stream or its header is damaged
   */
  static FrameReader toCount(Demuxer demuxer, AVStream stream) {
    return open(demuxer, stream, /* counting= */ true);
  }

  private static FrameReader open(Demuxer demuxer, AVStream stream, boolean counting) {
    AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
    if (Ffmpeg.isNull(decoder)) {
      throw new MediaException(
          demuxer.name() + " uses a codec FFmpeg has no decoder for; convert it to MP4 or WAV");
    }
    AVCodecContext codec = avcodec_alloc_context3(decoder);
    if (counting) {
      codec.skip_loop_filter(AVDISCARD_ALL).skip_idct(AVDISCARD_ALL);
    }
    int status = configure(codec, stream, decoder);
    if (status < 0) {
      avcodec_free_context(codec);
      throw new MediaException(
          demuxer.name()
              + " has a damaged stream header ("
              + Ffmpeg.describe(status)
              + "); convert it again or pass another file");
    }
    return new FrameReader(demuxer, stream.index(), codec, av_packet_alloc(), av_frame_alloc());
  }

  private static int configure(AVCodecContext codec, AVStream stream, AVCodec decoder) {
    int status = avcodec_parameters_to_context(codec, stream.codecpar());
    if (status < 0) {
      return status;
    }
    codec.pkt_timebase(stream.time_base());
    codec.thread_count(Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS));
    codec.max_pixels(MAX_PIXELS);
    return avcodec_open2(codec, decoder, (AVDictionary) null);
  }

  /**
   * Decodes the next frame.
   *
   * @return the frame, owned by this reader and valid until the next call, or null at the end
   * @throws io.longcat4j.LongCatException if nobody wants it any more
   */
  @Nullable AVFrame next() {
    while (true) {
      demuxer.requireWanted();
      int status = avcodec_receive_frame(codec, frame);
      if (status >= 0) {
        return frame;
      }
      if (draining && (status == AVERROR_EOF() || damagedPackets > MAX_DAMAGED_PACKETS)) {
        return null;
      }
      if (draining) {
        damaged(status);
      } else {
        feed();
      }
    }
  }

  private void feed() {
    if (damagedPackets > MAX_DAMAGED_PACKETS || !demuxer.read(packet)) {
      draining = true;
      avcodec_send_packet(codec, null);
      return;
    }
    try {
      if (packet.stream_index() == streamIndex) {
        packets++;
        int status = avcodec_send_packet(codec, packet);
        if (status < 0) {
          damaged(status);
        }
      }
    } finally {
      av_packet_unref(packet);
    }
  }

  private void damaged(int status) {
    damagedPackets++;
    lastError = status;
  }

  /** How many packets of the stream were there so far. */
  long packets() {
    return packets;
  }

  /** How many of them could not be decoded. */
  int damagedPackets() {
    return damagedPackets;
  }

  /** What went wrong so far, for a message. */
  String damage() {
    return damagedPackets == 0
        ? "no packet is damaged"
        : damagedPackets + " damaged packets, the last: " + Ffmpeg.describe(lastError);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
    }
  }
}
