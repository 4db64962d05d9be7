package io.longcat4j.samples;

import io.longcat4j.AudioDelta;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCat;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SpeechStopped;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnDone;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/**
 * A spoken conversation over the microphone and the loudspeaker, until {@code Ctrl-C}. Wear a
 * headset: Java Sound cancels no echo.
 */
public final class TalkToIt {
  private static final AudioFormat FORMAT = new AudioFormat(24_000, 16, 1, true, false);
  private static final int PIECE = 480;

  private TalkToIt() {}

  /**
   * Runs the sample.
   *
   * @param args the number of turns after which it ends; without it, it goes on for ever
   * @throws LineUnavailableException if there is no microphone or no loudspeaker
   */
  public static void main(String[] args) throws LineUnavailableException {
    int turns = args.length > 0 ? Integer.parseInt(args[0]) : Integer.MAX_VALUE;
    try (TargetDataLine microphone = AudioSystem.getTargetDataLine(FORMAT);
        SourceDataLine loudspeaker = AudioSystem.getSourceDataLine(FORMAT);
        LongCat longcat = LongCat.tiny();
        Session session =
            longcat.session(
                SessionOptions.builder().sampleRateHz((int) FORMAT.getSampleRate()).build())) {
      microphone.open(FORMAT);
      loudspeaker.open(FORMAT);
      microphone.start();
      loudspeaker.start();
      Thread listening = new Thread(() -> listen(microphone, session), "microphone");
      listening.setDaemon(true);
      listening.start();
      System.out.println("Say something, such as: which month is before November?");
      answer(session, loudspeaker, turns);
      listening.interrupt();
    }
  }

  private static void listen(TargetDataLine microphone, Session session) {
    byte[] bytes = new byte[2 * PIECE];
    short[] samples = new short[PIECE];
    while (!Thread.currentThread().isInterrupted()
        && microphone.read(bytes, 0, bytes.length) == bytes.length) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
      session.write(samples);
    }
  }

  private static void answer(Session session, SourceDataLine loudspeaker, int turns) {
    int done = 0;
    for (SessionEvent event : session.events()) {
      if (event instanceof SpeechStopped) {
        System.out.print("... ");
      } else if (event instanceof TextDelta words) {
        System.out.print(words.text());
        System.out.flush();
      } else if (event instanceof AudioDelta sound) {
        byte[] pcm = sound.toPcm16();
        loudspeaker.write(pcm, 0, pcm.length);
        session.played(
            sound.start().plus(Duration.ofMillis(Math.round(1000 * sound.durationSeconds()))));
      } else if (event instanceof Interrupted) {
        loudspeaker.flush();
        System.out.print(" [interrupted]");
      } else if (event instanceof TurnDone) {
        System.out.println();
        if (++done == turns) {
          return;
        }
      }
    }
  }
}
