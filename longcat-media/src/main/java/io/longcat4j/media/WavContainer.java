package io.longcat4j.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_F16LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_F24LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_F32LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_F64LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_S16LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_S24LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_S32LE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PCM_U8;

import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;

/**
 * How wide the samples of a WAV file are. Its header says how many bits of a sample are valid, and,
 * by its block alignment, how many bytes a sample takes; valid bits stand at the upper end of these
 * bytes, so that the bytes alone say what a sample is. FFmpeg goes by the valid bits and then reads
 * samples of another width than the file has.
 */
final class WavContainer {
  private static final int TAG_PCM = 1;
  private static final int TAG_FLOAT = 3;
  private static final Set<String> FORMATS = Set.of("wav", "w64");

  /** What FFmpeg makes of tag 1, floats of old editors among them. */
  private static final Set<Integer> INTEGERS =
      Set.of(
          AV_CODEC_ID_NONE,
          AV_CODEC_ID_PCM_U8,
          AV_CODEC_ID_PCM_S16LE,
          AV_CODEC_ID_PCM_S24LE,
          AV_CODEC_ID_PCM_S32LE,
          AV_CODEC_ID_PCM_F16LE,
          AV_CODEC_ID_PCM_F24LE);

  private static final Set<Integer> FLOATS =
      Set.of(AV_CODEC_ID_NONE, AV_CODEC_ID_PCM_F32LE, AV_CODEC_ID_PCM_F64LE);

  private WavContainer() {}

  /** Sets the codec of a WAV file by the bytes a sample takes, before anything is decoded. */
  static void correct(AVFormatContext context) {
    if (context.nb_streams() != 1 || !FORMATS.contains(context.iformat().name().getString())) {
      return;
    }
    AVCodecParameters sound = context.streams(0).codecpar();
    int channels = sound.ch_layout().nb_channels();
    if (channels < 1 || sound.block_align() % channels != 0) {
      return;
    }
    int codec = codec(sound.codec_tag(), sound.codec_id(), sound.block_align() / channels);
    if (codec != sound.codec_id()) {
      sound.codec_id(codec);
      sound.bits_per_coded_sample(Byte.SIZE * sound.block_align() / channels);
    }
  }

  private static int codec(int tag, int named, int bytes) {
    if (tag == TAG_PCM && INTEGERS.contains(named)) {
      return switch (bytes) {
        case 1 -> AV_CODEC_ID_PCM_U8;
        case 2 -> AV_CODEC_ID_PCM_S16LE;
        case 3 -> AV_CODEC_ID_PCM_S24LE;
        case 4 -> AV_CODEC_ID_PCM_S32LE;
        default -> named;
      };
    }
    if (tag == TAG_FLOAT && FLOATS.contains(named)) {
      return switch (bytes) {
        case Float.BYTES -> AV_CODEC_ID_PCM_F32LE;
        case Double.BYTES -> AV_CODEC_ID_PCM_F64LE;
        default -> named;
      };
    }
    return named;
  }
}
