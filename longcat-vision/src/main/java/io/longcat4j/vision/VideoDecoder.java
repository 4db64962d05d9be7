package io.longcat4j.vision;

import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.media.VideoFile;
import java.util.List;
import java.util.function.UnaryOperator;

/** Video parts to the frames that are looked at. Thread-safe; holds nothing between calls. */
final class VideoDecoder {
  private VideoDecoder() {}

  /**
   * Samples a video, frames as large as they are.
   *
   * @param video a file, bytes, or frames already chosen
   * @param interleaved whether a sound runs beside it
   * @return frames and labels
   * @throws io.longcat4j.MediaException if the video cannot be read
   */
  static SampledVideo sample(Video video, boolean interleaved) {
    return sample(video, interleaved, (frames, width, height) -> UnaryOperator.identity());
  }

  /**
   * Samples a video and changes each frame as soon as it is decoded: only the changed ones take
   * memory.
   *
   * @param video a file, bytes, or frames already chosen
   * @param interleaved whether a sound runs beside it
   * @param shaper the change, such as scaling down
   * @return frames and labels
   * @throws io.longcat4j.MediaException if the video cannot be read
   */
  static SampledVideo sample(Video video, boolean interleaved, FrameShaper shaper) {
    if (video.content() instanceof Video.Decoded decoded) {
      return ofChosen(decoded.frames(), video.sampling(), shaper);
    }
    return ofFile(
        VideoFile.open(((Video.Encoded) video.content()).source()),
        video.sampling(),
        interleaved,
        shaper);
  }

  private static SampledVideo ofFile(
      VideoFile file, VideoSampling sampling, boolean interleaved, FrameShaper shaper) {
    ChosenFrames chosen =
        interleaved
            ? FrameSampling.interleaved(file.frameCount(), file.framesPerSecond(), sampling)
            : FrameSampling.offline(file.frameCount(), file.framesPerSecond(), sampling);
    UnaryOperator<Pixels> change =
        shaper.shape(chosen.indices().length, file.width(), file.height());
    return new SampledVideo(
        file.frames(chosen.indices(), change),
        chosen.labels(),
        chosen.strategy(),
        chosen.pairsPerSecond(),
        chosen.durationSeconds(),
        List.of());
  }

  private static SampledVideo ofChosen(
      VideoFrames frames, VideoSampling sampling, FrameShaper shaper) {
    Pixels first = frames.frames().get(0);
    UnaryOperator<Pixels> change =
        shaper.shape(frames.frames().size(), first.width(), first.height());
    double offset = sampling.timeOffsetSeconds();
    return new SampledVideo(
        frames.frames().stream().map(change).toList(),
        frames.pairSeconds().stream().map(s -> SecondLabels.halfEven(s + offset)).toList(),
        sampling.strategy(),
        sampling.framesPerSecond(),
        frames.pairSeconds().stream().mapToDouble(Double::doubleValue).max().orElse(0),
        List.of());
  }
}
