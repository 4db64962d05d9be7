package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechTest {
  private static final Speech SPEECH =
      new Speech(new Samples(new float[] {0f, 0.5f, -0.5f, 1f, -1f, 2f, -2f}, 24000));

  @Test
  void numbersAreRoundedAndClipped() {
    ByteBuffer pcm = ByteBuffer.wrap(SPEECH.toPcm16()).order(ByteOrder.LITTLE_ENDIAN);
    short[] values = new short[7];
    pcm.asShortBuffer().get(values);
    assertThat(values)
        .containsExactly(
            new short[] {0, 16384, -16383, 32767, -32767, Short.MAX_VALUE, Short.MIN_VALUE});
    assertThat(SPEECH.durationSeconds()).isCloseTo(7 / 24000.0, within(1e-12));
  }

  @Test
  void aWavFileIsReadByOthers(@TempDir Path directory)
      throws IOException, UnsupportedAudioFileException {
    Path file = directory.resolve("speech.wav");
    SPEECH.writeTo(file);
    try (AudioInputStream sound = AudioSystem.getAudioInputStream(file.toFile())) {
      assertThat(sound.getFormat().getSampleRate()).isEqualTo(24000f);
      assertThat(sound.getFormat().getChannels()).isEqualTo(1);
      assertThat(sound.getFormat().getSampleSizeInBits()).isEqualTo(16);
      assertThat(sound.readAllBytes()).isEqualTo(SPEECH.toPcm16());
    }
  }

  @Test
  void bytesAndStreamsGetTheSameFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("speech.wav");
    SPEECH.writeTo(file);
    boolean[] closed = new boolean[1];
    ByteArrayOutputStream stream =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    SPEECH.writeTo(stream);
    assertThat(SPEECH.toWav()).isEqualTo(Files.readAllBytes(file)).isEqualTo(stream.toByteArray());
    assertThat(closed[0]).isFalse();
  }

  @Test
  void aStreamThatFailsIsTold() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("gone");
          }
        };
    assertThatThrownBy(() -> SPEECH.writeTo(broken))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void aMissingFolderIsNamed(@TempDir Path directory) {
    Path file = directory.resolve("no").resolve("speech.wav");
    assertThatThrownBy(() -> SPEECH.writeTo(file))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("check that its folder exists");
  }
}
