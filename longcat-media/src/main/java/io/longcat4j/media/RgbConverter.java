package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * Decoded frames of any pixel format to 8-bit RGB of full range, by the colour matrix and range the
 * frame itself names (BT.601 and limited where it names none, as the reference's reader does). Owns
 * native memory; {@link #close} is idempotent. Not thread-safe.
 */
final class RgbConverter implements AutoCloseable {
  private static final int FLAGS = swscale.SWS_BICUBIC;
  private static final int ONE_IN_16_16 = 1 << 16;

  private final int width;
  private final int height;
  private final AVFrame rgb = av_frame_alloc();
  private @Nullable SwsContext context;
  private boolean closed;

  /**
   * Opens a converter.
   *
   * @param width of the pictures it makes; frames that change their size half-way are scaled
   * @param height of the pictures it makes
   */
  RgbConverter(int width, int height) {
    this.width = width;
    this.height = height;
    rgb.format(avutil.AV_PIX_FMT_RGB24);
    rgb.width(width);
    rgb.height(height);
    if (av_frame_get_buffer(rgb, 0) < 0) {
      av_frame_free(rgb);
      throw new MediaException(
          "No memory for a picture of " + width + " x " + height + "; use a smaller video");
    }
  }

  /**
   * Converts a frame.
   *
   * @param frame decoded
   * @return the picture
   */
  Pixels convert(AVFrame frame) {
    SwsContext scaler = prepareScaler(frame);
    sws_scale(
        scaler, frame.data(), frame.linesize(), 0, frame.height(), rgb.data(), rgb.linesize());
    return new Pixels(width, height, packedRows());
  }

  private SwsContext prepareScaler(AVFrame frame) {
    SwsContext scaler =
        sws_getCachedContext(
            context,
            frame.width(),
            frame.height(),
            frame.format(),
            width,
            height,
            avutil.AV_PIX_FMT_RGB24,
            FLAGS,
            null,
            null,
            (DoublePointer) null);
    if (Ffmpeg.isNull(scaler)) {
      context = null;
      throw new MediaException(
          "Pixel format "
              + frame.format()
              + " cannot be turned into RGB; convert the video to MP4");
    }
    context = scaler;
    IntPointer matrix = sws_getCoefficients(frame.colorspace());
    boolean full = frame.color_range() == avutil.AVCOL_RANGE_JPEG || impliesFullRange(frame);
    sws_setColorspaceDetails(
        scaler,
        matrix,
        full ? 1 : 0,
        sws_getCoefficients(swscale.SWS_CS_DEFAULT),
        1,
        0,
        ONE_IN_16_16,
        ONE_IN_16_16);
    return scaler;
  }

  private static boolean impliesFullRange(AVFrame frame) {
    return switch (frame.format()) {
      case avutil.AV_PIX_FMT_YUVJ420P,
          avutil.AV_PIX_FMT_YUVJ422P,
          avutil.AV_PIX_FMT_YUVJ444P,
          avutil.AV_PIX_FMT_YUVJ440P,
          avutil.AV_PIX_FMT_YUVJ411P ->
          true;
      default -> false;
    };
  }

  private byte[] packedRows() {
    byte[] packed = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    BytePointer rows = rgb.data(0);
    long stride = rgb.linesize(0);
    for (int y = 0; y < height; y++) {
      rows.position(y * stride).get(packed, y * width * 3, width * 3);
    }
    return packed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      sws_freeContext(context);
      av_frame_free(rgb);
    }
  }
}
