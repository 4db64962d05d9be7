package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.WavWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the sound of one reply goes: a WAV file, made when the first sound comes, the sound device,
 * both or nowhere. Not thread-safe.
 */
final class SoundOutput implements AutoCloseable {
  private final Optional<Path> file;
  private final @Nullable SoundDevice device;
  private @Nullable WavWriter wav;

  SoundOutput(Optional<Path> file, @Nullable SoundDevice device) {
    this.file = file;
    this.device = device;
  }

  void write(AudioDelta sound) {
    if (file.isPresent() && wav == null) {
      wav = WavWriter.create(file.get(), sound.sampleRateHz());
    }
    if (wav != null) {
      wav.write(sound.samples());
    }
    if (device != null) {
      device.play(sound);
    }
  }

  /** The file, where there is one. */
  Optional<Path> written() {
    return wav == null ? Optional.empty() : file;
  }

  /** Fails where a file was asked for and no sound came. */
  void requireWritten() {
    if (file.isPresent() && wav == null) {
      throw new InvalidRequestException(
          "The reply holds no speech, so "
              + file.get()
              + " was not written; allow more steps with --max-new-tokens");
    }
  }

  /** Waits until all is heard, and completes the file. */
  @Override
  public void close() {
    if (wav != null) {
      wav.close();
    }
    if (device != null) {
      device.close();
    }
  }
}
