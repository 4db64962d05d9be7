package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;

import io.longcat4j.Pixels;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;

/**
 * How a container asks for its pictures to be turned, as telephones do; the reference's reader
 * follows it for quarter turns.
 */
enum Rotation {
  NONE,
  CLOCKWISE_90,
  HALF,
  CLOCKWISE_270;

  private static final int MATRIX_ELEMENTS = 9;

  /** Reads the display matrix of a stream; one that is no quarter turn counts as none. */
  static Rotation of(AVStream stream) {
    AVCodecParameters parameters = stream.codecpar();
    if (parameters.nb_coded_side_data() < 1) {
      return NONE;
    }
    AVPacketSideData matrix =
        av_packet_side_data_get(
            parameters.coded_side_data(),
            parameters.nb_coded_side_data(),
            avcodec.AV_PKT_DATA_DISPLAYMATRIX);
    if (Ffmpeg.isNull(matrix) || matrix.size() < (long) MATRIX_ELEMENTS * Integer.BYTES) {
      return NONE;
    }
    int[] elements = new int[MATRIX_ELEMENTS];
    new IntPointer(matrix.data()).get(elements);
    return ofCounterClockwise(avutil.av_display_rotation_get(elements));
  }

  private static Rotation ofCounterClockwise(double degrees) {
    double quarters = -degrees / 90;
    boolean exact = Double.isFinite(quarters) && Math.abs(quarters - Math.rint(quarters)) < 0.02;
    return exact ? values()[Math.floorMod((int) Math.rint(quarters), 4)] : NONE;
  }

  boolean swapsSides() {
    return this == CLOCKWISE_90 || this == CLOCKWISE_270;
  }

  /** Turns a picture. */
  Pixels apply(Pixels pixels) {
    if (this == NONE) {
      return pixels;
    }
    byte[] from = pixels.rgb();
    byte[] to = new byte[from.length];
    int width = pixels.width();
    int height = pixels.height();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(from, (y * width + x) * 3, to, target(x, y, width, height) * 3, 3);
      }
    }
    return swapsSides() ? new Pixels(height, width, to) : new Pixels(width, height, to);
  }

  private int target(int x, int y, int width, int height) {
    return switch (this) {
      case NONE -> y * width + x;
      case CLOCKWISE_90 -> x * height + (height - 1 - y);
      case HALF -> (height - 1 - y) * width + (width - 1 - x);
      case CLOCKWISE_270 -> (width - 1 - x) * height + y;
    };
  }
}
