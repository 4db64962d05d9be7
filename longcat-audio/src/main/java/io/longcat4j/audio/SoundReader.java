package io.longcat4j.audio;

import io.longcat4j.Audio;
import io.longcat4j.MediaException;
import io.longcat4j.Samples;
import io.longcat4j.media.AudioFile;
import io.longcat4j.media.DecodedAudio;
import io.longcat4j.media.SampleRange;
import io.longcat4j.spi.Cancellation;
import java.util.Arrays;

/**
 * Any sound to one channel of finite samples at one rate, up to a bound.
 *
 * @param sampleRateHz samples a second that are wanted
 * @param maxSeconds how much is wanted at most
 */
record SoundReader(int sampleRateHz, int maxSeconds) {

  /**
   * What became of a sound.
   *
   * @param name for messages
   * @param samples one channel
   * @param more whether the sound goes on beyond the bound
   */
  record Sound(String name, float[] samples, boolean more) {}

  /**
   * Reads a sound.
   *
   * @param audio the part
   * @param wanted asked meanwhile
   * @return its samples
   * @throws MediaException if it cannot be read or holds what is no sample
   */
  Sound read(Audio audio, Cancellation wanted) {
    wanted.check();
    if (audio.content() instanceof Audio.Encoded encoded) {
      DecodedAudio decoded = AudioFile.decode(encoded.source(), sampleRateHz, maxSeconds, wanted);
      return checked(encoded.source().describe(), decoded.samples().values(), decoded.more());
    }
    return read(((Audio.Decoded) audio.content()).samples(), wanted);
  }

  private Sound read(Samples samples, Cancellation wanted) {
    String name = "A sound of samples at " + samples.sampleRateHz() + " Hz";
    float[] all = samples.values();
    if (all.length == 0) {
      throw new MediaException(name + " holds no sample; pass at least one window of sound");
    }
    long limit = (long) maxSeconds * samples.sampleRateHz();
    boolean more = all.length > limit;
    if (samples.sampleRateHz() == sampleRateHz) {
      return checked(name, more ? Arrays.copyOf(all, (int) limit) : all, more);
    }
    // One second more than is kept, so that the filter ends beyond the cut.
    int kept = (int) Math.min(all.length, limit + samples.sampleRateHz());
    SampleRange.require(name, all, kept, 0);
    Samples begin = new Samples(Arrays.copyOf(all, kept), samples.sampleRateHz());
    DecodedAudio resampled = AudioFile.resample(name, begin, sampleRateHz, maxSeconds, wanted);
    return checked(name, resampled.samples().values(), more);
  }

  private static Sound checked(String name, float[] samples, boolean more) {
    SampleRange.require(name, samples, samples.length, 0);
    return new Sound(name, samples, more);
  }
}
