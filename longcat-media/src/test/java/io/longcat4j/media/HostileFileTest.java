package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileFileTest {
  private static final String[] NAMES = {
    "grey.mp4",
    "grey.mkv",
    "grey.webm",
    "grey_vp8.webm",
    "grey.avi",
    "grey.ts",
    "speech.mp3",
    "speech.flac",
    "speech.ogg",
    "speech.opus",
    "speech.m4a",
    "speech.webm",
    "speech.aac",
    "mulaw.wav"
  };

  @Property(tries = 300)
  void damagedFilesGiveMediaOrAMediaException(
      @ForAll @IntRange(max = 13) int which, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] damaged = Resources.bytes(NAMES[which]);
    int changes = 1 + random.nextInt(20);
    for (int i = 0; i < changes; i++) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    if (random.nextBoolean()) {
      damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length) + 1);
    }
    read(MediaSource.of(damaged));
  }

  @ParameterizedTest
  @CsvSource({
    "h264_faststart.mp4, stsz, 4, 1, 50000000",
    "h264_faststart.mp4, stsz, 4, 1, 3000",
    "h264_faststart.mp4, stsz, 4, 1, -1",
    "h264_faststart.mp4, stsc, 8, 1, 50000000",
    "h264_fragmented.mp4, trun, 0, 1, 50000000",
    "h264_fragmented.mp4, trun, 0, 1793, 50000000",
    "h264_fragmented.mp4, trun, 0, 1, -1"
  })
  void tablesThatPromiseMoreThanTheFileHoldsAreRefusedAtOnce(
      String name, String table, int at, int before, int promised, @TempDir Path folder)
      throws IOException {
    byte[] forged = Corpus.of("clips").bytes(name);
    ByteBuffer words = ByteBuffer.wrap(forged);
    int content = 4 + new String(forged, StandardCharsets.ISO_8859_1).indexOf(table);
    words.putInt(content + at, before).putInt(content + at + 4, promised);
    Path file = Files.write(folder.resolve("forged.mp4"), forged);

    for (MediaSource source : List.of(MediaSource.of(forged), MediaSource.of(file))) {
      assertThatThrownBy(() -> VideoFile.open(source))
          .isExactlyInstanceOf(MediaException.class)
          .hasMessageContaining("promises " + Integer.toUnsignedString(promised) + " samples");
    }
  }

  @Test
  void hoursOfPlainSoundAreNoForgery(@TempDir Path folder) throws IOException {
    byte[] sound = Corpus.of("sounds").bytes("pcm_24be.mov");
    int content = 4 + new String(sound, StandardCharsets.ISO_8859_1).indexOf("stsz");
    ByteBuffer.wrap(sound).putInt(content + 8, 5_000_000);
    Path file = Files.write(folder.resolve("hours.mov"), sound);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(5_000_000L * 6 + sound.length);
    }

    assertThat(AudioFile.decode(MediaSource.of(file), 16_000, 9).samples().count())
        .isGreaterThanOrEqualTo(1600);
  }

  private static void read(MediaSource source) {
    try {
      VideoFile video = VideoFile.open(source);
      int last = Math.min(video.frameCount() - 1, 40);
      assertThat(video.frames(new int[] {0, last})).hasSize(2);
    } catch (MediaException refused) {
      assertThat(refused).hasMessageContaining("bytes in memory");
    }
    try {
      assertThat(AudioFile.decode(source, 16_000, 2).samples().values()).hasSizeLessThan(32_001);
    } catch (MediaException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }
}
