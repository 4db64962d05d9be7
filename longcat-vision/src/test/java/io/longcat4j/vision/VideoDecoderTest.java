package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Interleaved;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VideoDecoderTest {
  private static final Path FILE = TestData.media("wurenche_3s_interleaved.mp4");

  @Test
  void interleavedFileGivesOnePairForEverySecond() {
    SampledVideo sampled = VideoDecoder.sample(Interleaved.of(FILE).video(), true);

    assertThat(sampled.frames()).hasSize(6);
    assertThat(sampled.labels()).containsExactly("second{0.0}:", "second{1.2}:", "second{2.4}:");
    assertThat(sampled.strategy()).isEqualTo(VideoSampling.Strategy.SEQUENTIAL);
    assertThat(sampled.pairsPerSecond()).isEqualTo(1);
    assertThat(sampled.durationSeconds()).isEqualTo(3);
    assertThat(sampled.warnings()).isEmpty();
  }

  @Test
  void videoPartFollowsTheOfflineRuleFromFilesAndBytesAlike() throws IOException {
    SampledVideo fromFile = VideoDecoder.sample(Video.of(FILE), false);
    SampledVideo fromBytes = VideoDecoder.sample(Video.of(Files.readAllBytes(FILE)), false);

    assertThat(fromFile.frames()).hasSize(12).isEqualTo(fromBytes.frames());
    assertThat(fromFile.labels())
        .containsExactly(
            "second{0.1}:",
            "second{0.6}:",
            "second{1.1}:",
            "second{1.6}:",
            "second{2.0}:",
            "second{2.5}:");
    assertThat(fromFile.durationSeconds()).isEqualTo(2.5);
  }

  @Test
  void framesAreShapedAsSoonAsTheyAreDecoded() {
    Pixels small = new Pixels(1, 1, new byte[3]);

    SampledVideo sampled =
        VideoDecoder.sample(
            Video.of(FILE),
            false,
            (frames, width, height) -> {
              assertThat(List.of(frames, width, height)).containsExactly(12, 480, 270);
              return frame -> small;
            },
            Cancellation.BY_INTERRUPTION);

    assertThat(sampled.frames()).containsOnly(small);
  }

  @Test
  void cappedSamplingTurnsIntoAverage() {
    VideoSampling capped = VideoSampling.builder().maxFrames(2).build();
    SampledVideo sampled = VideoDecoder.sample(Video.of(FILE).with(capped), true);

    assertThat(sampled.strategy()).isEqualTo(VideoSampling.Strategy.AVERAGE);
    assertThat(sampled.frames()).hasSize(4);
  }

  @Test
  void framesAlreadyChosenKeepTheirTimesPlusTheOffset() {
    Pixels frame = new Pixels(1, 1, new byte[] {1, 2, 3});
    VideoFrames frames = new VideoFrames(List.of(frame, frame, frame, frame), List.of(0.25, 61.04));
    VideoSampling moved = VideoSampling.builder().timeOffsetSeconds(100).build();

    SampledVideo plain = VideoDecoder.sample(Video.of(frames), true);
    SampledVideo later = VideoDecoder.sample(Video.of(frames).with(moved), false);

    assertThat(plain.frames()).containsExactly(frame, frame, frame, frame);
    assertThat(plain.labels()).containsExactly("second{0.2}:", "second{61.0}:");
    assertThat(later.labels()).containsExactly("second{100.2}:", "second{161.0}:");
    assertThat(plain.durationSeconds()).isEqualTo(61.04);
  }

  @Test
  void soundWithoutPicturesIsNoVideo() {
    Video noVideo = Video.of(TestData.media("audio_case.wav"));

    assertThatThrownBy(() -> VideoDecoder.sample(noVideo, false))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("audio_case.wav has no moving pictures");
  }
}
