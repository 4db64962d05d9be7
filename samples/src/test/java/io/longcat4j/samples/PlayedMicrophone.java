package io.longcat4j.samples;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Random;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import javax.sound.sampled.spi.MixerProvider;

/** A microphone that hears noise, for machines that have none; found by Java Sound. */
public final class PlayedMicrophone extends MixerProvider {
  private static final AudioFormat FORMAT = new AudioFormat(48_000, 16, 1, true, false);
  private static final Line.Info LINE = new DataLine.Info(TargetDataLine.class, FORMAT);
  private static final Mixer.Info MIXER =
      new Mixer.Info("noise", "LongCat4J", "a microphone for tests", "1") {};

  /** Called by Java Sound. */
  public PlayedMicrophone() {}

  @Override
  public Mixer.Info[] getMixerInfo() {
    return new Mixer.Info[] {MIXER};
  }

  @Override
  public Mixer getMixer(Mixer.Info info) {
    if (!MIXER.equals(info)) {
      throw new IllegalArgumentException("no such mixer: " + info);
    }
    return of(
        Mixer.class,
        Map.of(
            "getMixerInfo", arguments -> MIXER,
            "getTargetLineInfo", arguments -> new Line.Info[] {LINE},
            "getSourceLineInfo", arguments -> new Line.Info[0],
            "isLineSupported", arguments -> LINE.matches((Line.Info) arguments[0]),
            "getLine", arguments -> line()));
  }

  private static TargetDataLine line() {
    Random random = new Random(1);
    return of(
        TargetDataLine.class,
        Map.of(
            "read",
            arguments -> {
              byte[] noise = new byte[(int) arguments[2]];
              random.nextBytes(noise);
              System.arraycopy(noise, 0, (byte[]) arguments[0], (int) arguments[1], noise.length);
              return noise.length;
            }));
  }

  private interface Answer {
    Object to(Object[] arguments);
  }

  /** What has no answer does nothing. */
  private static <T> T of(Class<T> type, Map<String, Answer> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            PlayedMicrophone.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Answer answer = answers.get(method.getName());
              return answer == null ? null : answer.to(arguments);
            }));
  }
}
