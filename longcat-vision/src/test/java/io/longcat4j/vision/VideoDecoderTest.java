package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
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
import java.util.concurrent.atomic.AtomicInteger;
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
  void clipsOfVariableRateAreLabelledByTheirAverageRateUnlessTrueTimesAreAskedFor() {
    Video variable = Video.of(clip("variable.mkv"));
    VideoSampling sampling =
        VideoSampling.builder().timestamps(VideoSampling.Timestamps.TRUE).build();

    SampledVideo average = VideoDecoder.sample(variable, false);
    SampledVideo exact = VideoDecoder.sample(variable.with(sampling), false);
    SampledVideo later =
        VideoDecoder.sample(
            variable.with(sampling.toBuilder().timeOffsetSeconds(60).build()), true);

    assertThat(exact.frames()).isEqualTo(average.frames());
    assertThat(average.labels()).containsExactly("second{0.1}:", "second{0.6}:");
    assertThat(exact.labels()).containsExactly("second{0.1}:", "second{1.1}:");
    assertThat(later.labels()).first().isEqualTo("second{60.0}:");
  }

  @Test
  void trueTimesOfAClipOfConstantRateAreThoseOfItsRate() {
    VideoSampling exact = VideoSampling.builder().timestamps(VideoSampling.Timestamps.TRUE).build();

    assertThat(VideoDecoder.sample(Interleaved.of(FILE).with(exact).video(), true))
        .isEqualTo(VideoDecoder.sample(Interleaved.of(FILE).video(), true));
  }

  @Test
  void clipWhosePacketsPromiseTooManyFramesIsSampledByWhatItShows() {
    SampledVideo sampled =
        VideoDecoder.sample(Interleaved.of(clip("late_key_untold.mp4")).video(), true);

    assertThat(sampled.durationSeconds()).isEqualTo(2);
    assertThat(sampled.frames()).hasSize(4);
  }

  @Test
  void videoThatNobodyWantsAnyMoreIsNotReadOn() {
    DeadlineExceededException overdue = new DeadlineExceededException("overdue");
    Pixels frame = new Pixels(1, 1, new byte[3]);
    Video chosen = Video.of(new VideoFrames(List.of(frame, frame), List.of(0.0)));
    for (Video video : List.of(Video.of(FILE), chosen)) {
      AtomicInteger asked = new AtomicInteger();
      VideoDecoder.sample(
          video, false, (frames, width, height) -> picture -> picture, asked::incrementAndGet);
      assertThat(asked.get()).isGreaterThan(1);
      for (int last : new int[] {1, asked.get() / 2, asked.get()}) {
        AtomicInteger left = new AtomicInteger(last);
        assertThatThrownBy(
                () ->
                    VideoDecoder.sample(
                        video,
                        false,
                        (frames, width, height) -> picture -> picture,
                        () -> {
                          if (left.decrementAndGet() <= 0) {
                            throw overdue;
                          }
                        }))
            .isSameAs(overdue);
      }
    }
  }

  private static Path clip(String name) {
    return TestData.file("media-corpus").resolve("clips").resolve(name);
  }

  @Test
  void soundWithoutPicturesIsNoVideo() {
    Video noVideo = Video.of(TestData.media("audio_case.wav"));

    assertThatThrownBy(() -> VideoDecoder.sample(noVideo, false))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("audio_case.wav has no moving pictures");
  }
}
