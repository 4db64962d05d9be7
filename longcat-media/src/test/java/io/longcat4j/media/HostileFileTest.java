package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

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
