package io.longcat4j.media;

import io.longcat4j.MediaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * Decoded frames of any sample format and number of channels to one channel of floats: the plain
 * mean of all channels, as the reference takes it, and integers divided by their full scale.
 */
final class MonoMix {
  private MonoMix() {}

  /**
   * Mixes one frame.
   *
   * @param frame a decoded sound
   * @param name of the source, for messages
   * @param before how many instants of the sound came before this frame, for messages
   * @return one value for each instant
   * @throws MediaException if a value is none of a sound
   */
  static float[] of(AVFrame frame, String name, long before) {
    int channels = frame.ch_layout().nb_channels();
    int count = frame.nb_samples();
    float[] mono = new float[count];
    if (channels < 1) {
      throw new MediaException(name + " has sound of no channel; convert it to WAV");
    }
    int format = avutil.av_get_packed_sample_fmt(frame.format());
    boolean planar = avutil.av_sample_fmt_is_planar(frame.format()) != 0;
    int width = avutil.av_get_bytes_per_sample(format);
    int bytes = Math.multiplyExact(Math.multiplyExact(count, width), planar ? 1 : channels);
    for (int channel = 0; channel < channels; channel++) {
      ByteBuffer plane = plane(frame, planar ? channel : 0, bytes);
      int offset = planar ? 0 : channel * width;
      add(mono, plane, format, offset, planar ? width : channels * width);
    }
    divide(mono, channels);
    SampleRange.require(name, mono, mono.length, before);
    return mono;
  }

  private static ByteBuffer plane(AVFrame frame, int index, int bytes) {
    BytePointer data = frame.extended_data(index);
    return data.limit(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static void add(float[] mono, ByteBuffer plane, int format, int offset, int stride) {
    for (int i = 0, at = offset; i < mono.length; i++, at += stride) {
      mono[i] += value(plane, format, at);
    }
  }

  private static float value(ByteBuffer plane, int format, int at) {
    return switch (format) {
      case avutil.AV_SAMPLE_FMT_U8 -> ((plane.get(at) & 0xff) - 128) / 128f;
      case avutil.AV_SAMPLE_FMT_S16 -> plane.getShort(at) / 32768f;
      case avutil.AV_SAMPLE_FMT_S32 -> plane.getInt(at) / 0x1p31f;
      case avutil.AV_SAMPLE_FMT_S64 -> plane.getLong(at) / 0x1p63f;
      case avutil.AV_SAMPLE_FMT_FLT -> plane.getFloat(at);
      case avutil.AV_SAMPLE_FMT_DBL -> (float) plane.getDouble(at);
      default -> throw new MediaException("Sample format " + format + " is unknown; pass WAV");
    };
  }

  private static void divide(float[] mono, int channels) {
    for (int i = 0; i < mono.length; i++) {
      mono[i] /= channels;
    }
  }
}
