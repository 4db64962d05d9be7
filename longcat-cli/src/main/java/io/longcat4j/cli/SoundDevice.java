package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.InvalidRequestException;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;
import org.jspecify.annotations.Nullable;

/** The machine's sound device, opened when the first sound comes. Not thread-safe. */
final class SoundDevice implements AutoCloseable {
  private @Nullable SourceDataLine line;

  /** The default device; fails where there is none, before a model is loaded. */
  static SoundDevice require() {
    return find()
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "--play: this machine has no sound device; write a file with --speech FILE.wav"
                        + " instead"));
  }

  /** The default device, where there is one. */
  static Optional<SoundDevice> find() {
    DataLine.Info wanted = new DataLine.Info(SourceDataLine.class, null);
    return AudioSystem.isLineSupported(wanted) ? Optional.of(new SoundDevice()) : Optional.empty();
  }

  /** Waits while the device has enough to play. */
  void play(AudioDelta sound) {
    if (line == null) {
      line = open(sound.sampleRateHz());
    }
    byte[] pcm = sound.toPcm16();
    line.write(pcm, 0, pcm.length);
  }

  private static SourceDataLine open(int sampleRateHz) {
    AudioFormat format =
        new AudioFormat(
            sampleRateHz,
            /* sampleSizeInBits= */ 16,
            /* channels= */ 1,
            /* signed= */ true,
            /* bigEndian= */ false);
    try {
      SourceDataLine line = AudioSystem.getSourceDataLine(format);
      line.open(format);
      line.start();
      return line;
    } catch (LineUnavailableException | IllegalArgumentException e) {
      throw new InvalidRequestException(
          "The sound device does not take "
              + format
              + " ("
              + e.getMessage()
              + "); write a file with --speech FILE.wav instead",
          e);
    }
  }

  /** Drops what was not heard; the next sound opens the device again. */
  void stop() {
    if (line != null) {
      line.stop();
      line.flush();
      line.close();
      line = null;
    }
  }

  /** Waits until all is heard; another sound opens the device again. */
  @Override
  public void close() {
    if (line != null) {
      line.drain();
      line.close();
      line = null;
    }
  }
}
