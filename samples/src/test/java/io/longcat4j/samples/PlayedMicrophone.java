package io.longcat4j.samples;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import javax.sound.sampled.UnsupportedAudioFileException;
import javax.sound.sampled.spi.MixerProvider;

/**
 * A microphone and a loudspeaker for machines that have none; found by Java Sound. At 48 kHz the
 * microphone hears noise, at 24 kHz a question and then silence; what the loudspeaker plays is
 * counted.
 */
public final class PlayedMicrophone extends MixerProvider {
  private static final AudioFormat NOISE = new AudioFormat(48_000, 16, 1, true, false);
  private static final AudioFormat QUESTION = new AudioFormat(24_000, 16, 1, true, false);
  private static final Line.Info NOISY = new DataLine.Info(TargetDataLine.class, NOISE);
  private static final Line.Info ASKING = new DataLine.Info(TargetDataLine.class, QUESTION);
  private static final Line.Info LOUDSPEAKER = new DataLine.Info(SourceDataLine.class, QUESTION);
  private static final AtomicLong PLAYED = new AtomicLong();
  private static final Mixer.Info MIXER =
      new Mixer.Info("played", "LongCat4J", "lines for tests", "1") {};

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
            "getTargetLineInfo", arguments -> infos(arguments, NOISY, ASKING),
            "getSourceLineInfo", arguments -> infos(arguments, LOUDSPEAKER),
            "isLineSupported",
                arguments ->
                    Stream.of(NOISY, ASKING, LOUDSPEAKER)
                        .anyMatch(line -> line.matches((Line.Info) arguments[0])),
            "getLine", arguments -> line((Line.Info) arguments[0])));
  }

  /** Bytes that the loudspeaker has been given. */
  static long played() {
    return PLAYED.get();
  }

  private static Line.Info[] infos(Object[] arguments, Line.Info... all) {
    return Stream.of(all)
        .filter(line -> arguments == null || ((Line.Info) arguments[0]).matches(line))
        .toArray(Line.Info[]::new);
  }

  private static Line line(Line.Info wanted) {
    if (LOUDSPEAKER.matches(wanted)) {
      return of(
          SourceDataLine.class,
          Map.of(
              "write",
              arguments -> {
                PLAYED.addAndGet((int) arguments[2]);
                return arguments[2];
              }));
    }
    return microphone(NOISY.matches(wanted) ? noise() : question());
  }

  private static TargetDataLine microphone(Consumer<byte[]> sound) {
    return of(
        TargetDataLine.class,
        Map.of(
            "read",
            arguments -> {
              byte[] piece = new byte[(int) arguments[2]];
              sound.accept(piece);
              System.arraycopy(piece, 0, (byte[]) arguments[0], (int) arguments[1], piece.length);
              return piece.length;
            }));
  }

  private static Consumer<byte[]> noise() {
    return new Random(1)::nextBytes;
  }

  private static Consumer<byte[]> question() {
    byte[] samples;
    try (AudioInputStream file =
            AudioSystem.getAudioInputStream(TestData.media("tiny/month-question.wav").toFile());
        AudioInputStream resampled = AudioSystem.getAudioInputStream(QUESTION, file)) {
      samples = resampled.readAllBytes();
    } catch (IOException | UnsupportedAudioFileException e) {
      throw new IllegalStateException(e);
    }
    ByteBuffer left = ByteBuffer.wrap(samples);
    return piece -> left.get(piece, 0, Math.min(piece.length, left.remaining()));
  }

  private interface Answer {
    Object to(Object[] arguments);
  }

  /** What has no answer does nothing, and has as many of everything as nobody has said. */
  private static <T> T of(Class<T> type, Map<String, Answer> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            PlayedMicrophone.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Answer answer = answers.get(method.getName());
              if (answer != null) {
                return answer.to(arguments);
              }
              return method.getReturnType() == int.class ? AudioSystem.NOT_SPECIFIED : null;
            }));
  }
}
