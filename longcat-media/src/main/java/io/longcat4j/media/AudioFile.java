package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Samples;
import io.longcat4j.spi.Cancellation;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Sound files and sound tracks of videos to one channel of samples. Thread-safe; every call opens
 * and frees what it needs.
 *
 * <p>As in the reference, channels are averaged first (not weighted by their place) and the mean is
 * resampled then. A file that has the asked rate already is not filtered: 16-bit PCM comes out as
 * value / 32768, exactly. A WAV file's samples are as wide as its blocks say, whatever part of
 * their bits is valid.
 *
 * <p>For the sound of an interleaved part the reference knows no limit: it is as long as the file's
 * track, whatever stretch of the video is looked at. Only a plain sound is cut to 120 s.
 */
public final class AudioFile {
  private static final int PIECE = 1 << 16;

  private final String name;
  private final int sampleRateHz;
  private final SampleSink sink;
  private @Nullable Resampler resampler;
  private int currentRateHz;
  private long heard;

  private AudioFile(String name, int sampleRateHz, SampleSink sink) {
    this.name = name;
    this.sampleRateHz = sampleRateHz;
    this.sink = sink;
  }

  /**
   * As {@link #decode(MediaSource, int, double, Cancellation)}, ended by interruption alone.
   *
   * @param source WAV, MP3, FLAC, OGG, M4A, or a video with a sound track
   * @param sampleRateHz samples a second that are wanted
   * @param maxSeconds how much is wanted at most, more than 0
   * @return the sound, and whether there is more
   * @throws MediaException if the source cannot be read or holds no sound
   * @throws io.longcat4j.GenerationCancelledException if the thread has been interrupted
   */
  public static DecodedAudio decode(MediaSource source, int sampleRateHz, double maxSeconds) {
    return decode(source, sampleRateHz, maxSeconds, Cancellation.BY_INTERRUPTION);
  }

  /**
   * Decodes the sound of a file, at most a given stretch of it from its start; what lies behind is
   * not decoded and costs no memory.
   *
   * @param source WAV, MP3, FLAC, OGG, M4A, or a video with a sound track
   * @param sampleRateHz samples a second that are wanted
   * @param maxSeconds how much is wanted at most, more than 0
   * @param wanted asked meanwhile, many times a second
   * @return the sound, and whether there is more
   * @throws MediaException if the source cannot be read or holds no sound
   */
  public static DecodedAudio decode(
      MediaSource source, int sampleRateHz, double maxSeconds, Cancellation wanted) {
    int limit = limit(sampleRateHz, maxSeconds);
    try (Demuxer demuxer = Demuxer.open(source, wanted)) {
      AVStream stream = demuxer.select(avutil.AVMEDIA_TYPE_AUDIO);
      if (stream == null) {
        throw new MediaException(
            demuxer.name() + " has no sound track; pass a sound file, or a video with sound");
      }
      try (FrameReader reader = FrameReader.open(demuxer, stream)) {
        return new AudioFile(demuxer.name(), sampleRateHz, new SampleSink(limit)).read(reader);
      }
    }
  }

  /**
   * Brings samples to another rate, as those of a file are.
   *
   * @param name of the sound, for messages
   * @param samples one channel
   * @param sampleRateHz samples a second that are wanted
   * @param maxSeconds how much is wanted at most, more than 0
   * @param wanted asked meanwhile, many times a second
   * @return the sound, and whether there is more
   * @throws MediaException if one of the rates is impossible
   */
  public static DecodedAudio resample(
      String name, Samples samples, int sampleRateHz, double maxSeconds, Cancellation wanted) {
    SampleSink sink = new SampleSink(limit(sampleRateHz, maxSeconds));
    float[] values = samples.values();
    try (Resampler resampler = Resampler.open(name, samples.sampleRateHz(), sampleRateHz, sink)) {
      for (int at = 0; at < values.length && !sink.overflowed(); at += PIECE) {
        wanted.check();
        resampler.add(Arrays.copyOfRange(values, at, Math.min(values.length, at + PIECE)));
      }
      if (!sink.overflowed()) {
        resampler.finish();
      }
      int length = sink.overflowed() ? sink.size() : Math.toIntExact(resampler.expectedSize());
      return new DecodedAudio(new Samples(sink.toArray(length), sampleRateHz), sink.overflowed());
    }
  }

  private static int limit(int sampleRateHz, double maxSeconds) {
    if (sampleRateHz < 1 || !(maxSeconds > 0)) {
      throw new IllegalArgumentException(
          "sampleRateHz " + sampleRateHz + " and maxSeconds " + maxSeconds + " must be above 0");
    }
    return (int) Math.min(Integer.MAX_VALUE - 64, Math.floor(maxSeconds * sampleRateHz));
  }

  private DecodedAudio read(FrameReader reader) {
    try {
      for (AVFrame frame = reader.next();
          frame != null && !sink.overflowed();
          frame = reader.next()) {
        add(frame);
      }
      int length = finish();
      if (heard == 0) {
        throw new MediaException(
            name
                + " holds no sample of sound ("
                + reader.damage()
                + "); it is damaged or cut off after its header, pass a complete file");
      }
      return new DecodedAudio(new Samples(sink.toArray(length), sampleRateHz), sink.overflowed());
    } finally {
      closeResampler();
    }
  }

  private void add(AVFrame frame) {
    float[] mono = MonoMix.of(frame, name, heard);
    int rateHz = frame.sample_rate();
    heard += mono.length;
    if (rateHz != currentRateHz) {
      finish();
      closeResampler();
      currentRateHz = rateHz;
      resampler = rateHz == sampleRateHz ? null : Resampler.open(name, rateHz, sampleRateHz, sink);
    }
    if (resampler == null) {
      sink.add(mono, mono.length);
    } else {
      resampler.add(mono);
    }
  }

  /** Empties the resampler and returns how long the sound is by then. */
  private int finish() {
    if (resampler == null || sink.overflowed()) {
      return sink.size();
    }
    resampler.finish();
    return sink.overflowed() ? sink.size() : Math.toIntExact(resampler.expectedSize());
  }

  private void closeResampler() {
    if (resampler != null) {
      resampler.close();
      resampler = null;
    }
  }
}
