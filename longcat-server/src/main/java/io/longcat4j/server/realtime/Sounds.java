package io.longcat4j.server.realtime;

import io.longcat4j.Samples;
import io.longcat4j.server.sound.Resampler;
import io.longcat4j.server.sound.SoundFormat;
import java.util.Arrays;
import java.util.Base64;

/** Whole sounds on the wire. */
final class Sounds {
  private Sounds() {}

  static String encode(Samples sound, SoundFormat format) {
    Resampler resampler = new Resampler(sound.sampleRateHz(), format.sampleRateHz());
    float[] begin = resampler.next(sound.values());
    float[] end = resampler.end();
    float[] all = Arrays.copyOf(begin, begin.length + end.length);
    System.arraycopy(end, 0, all, begin.length, end.length);
    return Base64.getEncoder().encodeToString(format.encode(all));
  }

  static Samples decode(byte[] bytes, SoundFormat format) {
    return new Samples(format.decode(bytes), format.sampleRateHz());
  }
}
