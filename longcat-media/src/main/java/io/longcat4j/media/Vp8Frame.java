package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.longcat4j.MediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * One key frame of VP8 as it is coded, which is what a lossy WebP picture holds. Rows have no
 * padding; the colour planes have half the size, rounded up.
 *
 * @param width in pixels
 * @param height in pixels
 * @param luma {@code height * width} bytes; not to be changed
 * @param cb of half the size; not to be changed
 * @param cr of half the size; not to be changed
 */
public record Vp8Frame(int width, int height, byte[] luma, byte[] cb, byte[] cr) {
  /**
   * Decodes a key frame. Thread-safe.
   *
   * @param bitstream the frame without any container
   * @param name of the source, for messages
   * @return its planes
   * @throws MediaException if it is damaged
   */
  public static Vp8Frame decode(byte[] bitstream, String name) {
    Ffmpeg.require();
    AVCodec decoder = avcodec_find_decoder(AV_CODEC_ID_VP8);
    AVCodecContext codec = avcodec_alloc_context3(decoder);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    try {
      codec.thread_count(1);
      require(avcodec_open2(codec, decoder, (AVDictionary) null), name);
      require(av_new_packet(packet, bitstream.length), name);
      packet.data().put(bitstream, 0, bitstream.length);
      require(avcodec_send_packet(codec, packet), name);
      require(avcodec_receive_frame(codec, frame), name);
      return planes(frame);
    } finally {
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
    }
  }

  private static void require(int status, String name) {
    if (status < 0) {
      throw new MediaException(
          name
              + " holds a damaged VP8 picture ("
              + Ffmpeg.describe(status)
              + "); pass a complete file, or save it again with another program");
    }
  }

  private static Vp8Frame planes(AVFrame frame) {
    int width = frame.width();
    int height = frame.height();
    int halfWidth = (width + 1) / 2;
    int halfHeight = (height + 1) / 2;
    return new Vp8Frame(
        width,
        height,
        plane(frame, 0, width, height),
        plane(frame, 1, halfWidth, halfHeight),
        plane(frame, 2, halfWidth, halfHeight));
  }

  private static byte[] plane(AVFrame frame, int index, int width, int height) {
    byte[] packed = new byte[Math.multiplyExact(width, height)];
    BytePointer rows = frame.data(index);
    long stride = frame.linesize(index);
    for (int y = 0; y < height; y++) {
      rows.position(y * stride).get(packed, y * width, width);
    }
    return packed;
  }
}
