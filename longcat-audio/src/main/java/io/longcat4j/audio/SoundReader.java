package io.longcat4j.audio;

import io.longcat4j.Audio;
import io.longcat4j.MediaException;
import io.longcat4j.Samples;
import io.longcat4j.media.AudioFile;
import io.longcat4j.media.DecodedAudio;
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

  Sound read(Audio audio) {
    if (audio.content() instanceof Audio.Encoded encoded) {
      DecodedAudio decoded = AudioFile.decode(encoded.source(), sampleRateHz, maxSeconds);
      return checked(encoded.source().describe(), decoded.samples().values(), decoded.more());
    }
    return read(((Audio.Decoded) audio.content()).samples());
  }

  private Sound read(Samples samples) {
    String name = "A sound of samples at " + samples.sampleRateHz() + " Hz";
    float[] all = samples.values();
    if (all.length == 0) {
      throw new MediaException(name + " holds no sample; pass at least one window of sound");
    }
    if (samples.sampleRateHz() == sampleRateHz) {
      int limit = Math.multiplyExact(maxSeconds, sampleRateHz);
      return checked(name, Arrays.copyOf(all, Math.min(limit, all.length)), all.length > limit);
    }
    long limit = (long) maxSeconds * samples.sampleRateHz();
    // One second more than is kept, so that the filter ends beyond the cut.
    int kept = (int) Math.min(all.length, limit + samples.sampleRateHz());
    requireFinite(name, all, kept);
    DecodedAudio resampled =
        AudioFile.decode(
            FloatWav.of(Arrays.copyOf(all, kept), samples.sampleRateHz()),
            sampleRateHz,
            maxSeconds);
    return checked(name, resampled.samples().values(), all.length > limit);
  }

  private static Sound checked(String name, float[] samples, boolean more) {
    requireFinite(name, samples, samples.length);
    return new Sound(name, samples, more);
  }

  private static void requireFinite(String name, float[] samples, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(samples[i])) {
        throw new MediaException(
            name + ": sample " + i + " is " + samples[i] + "; pass numbers between -1 and 1");
      }
    }
  }
}
