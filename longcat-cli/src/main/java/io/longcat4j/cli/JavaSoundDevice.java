package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.cli.chat.SpokenDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/** The machine's microphone and loudspeaker. The loudspeaker has a thread of its own. */
final class JavaSoundDevice implements SpokenDevice {
  private static final int RATE = 16000;
  private static final int BYTES = 2;

  /** Short, so that who is interrupted is silent at once. */
  private static final int MILLIS = 20;

  private final TargetDataLine microphone;
  private final LinkedBlockingDeque<AudioDelta> waiting = new LinkedBlockingDeque<>();
  private final byte[] heard = new byte[RATE * MILLIS / 1000 * BYTES];
  private @Nullable SourceDataLine loudspeaker;
  private volatile boolean closed;

  /** Counts calls of {@link #stop}, so that what was taken before one is dropped after it. */
  private volatile int stops;

  private JavaSoundDevice(TargetDataLine microphone) {
    this.microphone = microphone;
  }

  /**
   * Opens the default devices.
   *
   * @throws InvalidRequestException if there is no microphone or no loudspeaker
   */
  static JavaSoundDevice open() {
    AudioFormat format = format(RATE);
    boolean hears = AudioSystem.isLineSupported(new DataLine.Info(TargetDataLine.class, format));
    boolean speaks = AudioSystem.isLineSupported(new DataLine.Info(SourceDataLine.class, null));
    if (!hears || !speaks) {
      throw new InvalidRequestException(
          "--mic: this machine has no "
              + (hears ? "loudspeaker" : "microphone of 16 kHz")
              + " that Java can use; connect one, or type to 'longcat chat' and let recordings be"
              + " heard with /audio FILE");
    }
    try {
      TargetDataLine line = AudioSystem.getTargetDataLine(format);
      line.open(format);
      return new JavaSoundDevice(line);
    } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
      throw new InvalidRequestException(
          "--mic: the microphone cannot be opened (" + e.getMessage() + "); end what else uses it",
          e);
    }
  }

  @Override
  public int sampleRateHz() {
    return RATE;
  }

  @Override
  public void start(Consumer<Duration> played) {
    microphone.start();
    Thread thread = new Thread(() -> speak(played), "longcat-loudspeaker");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Optional<short[]> hear() {
    int bytes = closed ? 0 : microphone.read(heard, 0, heard.length);
    if (bytes <= 0) {
      return Optional.empty();
    }
    short[] samples = new short[bytes / BYTES];
    ByteBuffer.wrap(heard).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
    return Optional.of(samples);
  }

  @Override
  public void play(AudioDelta sound) {
    waiting.add(sound);
  }

  @Override
  public synchronized void stop() {
    stops++;
    waiting.clear();
    if (loudspeaker != null) {
      loudspeaker.flush();
    }
  }

  @Override
  public void close() {
    closed = true;
    stop();
    microphone.close();
    synchronized (this) {
      if (loudspeaker != null) {
        loudspeaker.close();
      }
    }
  }

  private void speak(Consumer<Duration> played) {
    try {
      while (!closed) {
        int before = stops;
        AudioDelta sound = waiting.take();
        write(sound, before, played);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The session is closed, or the device has gone: there is nobody to play to.
      closed = true;
    }
  }

  private void write(AudioDelta sound, int before, Consumer<Duration> played) {
    int rate = sound.sampleRateHz();
    SourceDataLine line = line(rate);
    byte[] pcm = sound.toPcm16();
    int piece = rate * MILLIS / 1000 * BYTES;
    for (int at = 0; at < pcm.length && stops == before && !closed; at += piece) {
      int count = Math.min(piece, pcm.length - at);
      line.write(pcm, at, count);
      long inside = ((long) line.getBufferSize() - line.available()) / BYTES;
      long done = sound.firstSample() + (at + count) / BYTES - inside;
      if (stops == before) {
        played.accept(Duration.ofNanos(Math.max(0, done) * 1_000_000_000L / rate));
      }
    }
  }

  private synchronized SourceDataLine line(int rate) {
    if (loudspeaker != null && loudspeaker.getFormat().getSampleRate() == rate) {
      return loudspeaker;
    }
    if (loudspeaker != null) {
      loudspeaker.close();
    }
    AudioFormat format = format(rate);
    try {
      SourceDataLine line = AudioSystem.getSourceDataLine(format);
      line.open(format, rate / 5 * BYTES);
      line.start();
      loudspeaker = line;
      return line;
    } catch (LineUnavailableException e) {
      throw new InvalidRequestException("--mic: the loudspeaker cannot be opened", e);
    }
  }

  private static AudioFormat format(int rate) {
    return new AudioFormat(
        rate,
        /* sampleSizeInBits= */ 16,
        /* channels= */ 1,
        /* signed= */ true,
        /* bigEndian= */ false);
  }
}
