package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.InvalidRequestException;
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
    DataLine.Info wanted = new DataLine.Info(SourceDataLine.class, null);
    if (!AudioSystem.isLineSupported(wanted)) {
      throw new InvalidRequestException(
          "--play: this machine has no sound device; write a file with --speech FILE.wav instead");
    }
    return new SoundDevice();
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
          "--play: the sound device does not take "
              + format
              + " ("
              + e.getMessage()
              + "); write a file with --speech FILE.wav instead",
          e);
    }
  }

  /** Waits until all is heard. */
  @Override
  public void close() {
    if (line != null) {
      line.drain();
      line.close();
    }
  }
}
