package io.longcat4j.benchmarks;

import io.longcat4j.benchmarks.SpeechFiles.Labelled;
import io.longcat4j.benchmarks.SpeechFiles.Stretch;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a microphone hears while the model talks: the loudspeaker's sound, later and fainter, a
 * quiet room, and perhaps somebody who speaks over it.
 *
 * @param echoDecibels by how much the reply is fainter than it was played, at least 0
 */
record EchoScene(double echoDecibels) {
  private static final int SECONDS = 6;
  private static final int DELAY = SpeechFiles.RATE_HZ * 120 / 1000;
  private static final int REPLY_FROM = SpeechFiles.RATE_HZ / 2;
  private static final int SPEECH_FROM = 3 * SpeechFiles.RATE_HZ / 2;

  /** 60 dB below the loudest sound there is. */
  private static final double ROOM = 1e-3;

  /**
   * Mixes.
   *
   * @param name of the scene
   * @param reply repeated until the end
   * @param utterance that is spoken over it, without silence around
   */
  Labelled of(String name, float[] reply, Optional<float[]> utterance) {
    float[] heard = new float[SECONDS * SpeechFiles.RATE_HZ];
    SplittableRandom random = new SplittableRandom(name.length() + reply.length);
    double gain = Math.pow(10, -echoDecibels / 20);
    for (int i = 0; i < heard.length; i++) {
      int played = i - REPLY_FROM - DELAY;
      double echo = played < 0 ? 0 : gain * reply[played % reply.length];
      heard[i] = (float) (echo + ROOM * random.nextGaussian());
    }
    if (utterance.isEmpty()) {
      return new Labelled(name, heard, List.of());
    }
    float[] spoken = utterance.get();
    int length = Math.min(spoken.length, heard.length - SPEECH_FROM);
    for (int i = 0; i < length; i++) {
      heard[SPEECH_FROM + i] += spoken[i];
    }
    return new Labelled(name, heard, List.of(new Stretch(SPEECH_FROM, SPEECH_FROM + length)));
  }

  static float[] cut(Labelled sound, Stretch speech) {
    return Arrays.copyOfRange(
        sound.samples(), Math.toIntExact(speech.from()), Math.toIntExact(speech.to()));
  }
}
