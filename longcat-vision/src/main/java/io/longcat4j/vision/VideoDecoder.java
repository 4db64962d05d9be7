package io.longcat4j.vision;

import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.media.MiscountedFramesException;
import io.longcat4j.media.VideoFile;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
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
    return sample(
        video,
        interleaved,
        (frames, width, height) -> UnaryOperator.identity(),
        Cancellation.BY_INTERRUPTION);
  }

  /**
   * Samples a video and changes each frame as soon as it is decoded: only the changed ones take
   * memory.
   *
   * @param video a file, bytes, or frames already chosen
   * @param interleaved whether a sound runs beside it
   * @param shaper the change, such as scaling down
   * @param wanted asked meanwhile
   * @return frames and labels
   * @throws io.longcat4j.MediaException if the video cannot be read
   */
  static SampledVideo sample(
      Video video, boolean interleaved, FrameShaper shaper, Cancellation wanted) {
    if (video.content() instanceof Video.Decoded decoded) {
      return ofChosen(decoded.frames(), video.sampling(), shaper, wanted);
    }
    MediaSource source = ((Video.Encoded) video.content()).source();
    try {
      return ofFile(VideoFile.open(source, wanted), video.sampling(), interleaved, shaper, wanted);
    } catch (MiscountedFramesException packetsDoNotTell) {
      return ofFile(
          VideoFile.counted(source, wanted), video.sampling(), interleaved, shaper, wanted);
    }
  }

  private static SampledVideo ofFile(
      VideoFile file,
      VideoSampling sampling,
      boolean interleaved,
      FrameShaper shaper,
      Cancellation wanted) {
    ChosenFrames chosen =
        interleaved
            ? FrameSampling.interleaved(file.frameCount(), file.framesPerSecond(), sampling)
            : FrameSampling.offline(file.frameCount(), file.framesPerSecond(), sampling);
    UnaryOperator<Pixels> change =
        shaper.shape(chosen.indices().length, file.width(), file.height());
    List<VideoFile.Shown> shown = file.shown(chosen.indices(), change, wanted);
    return new SampledVideo(
        shown.stream().map(VideoFile.Shown::picture).toList(),
        sampling.timestamps() == VideoSampling.Timestamps.TRUE
            ? trueLabels(shown, sampling.timeOffsetSeconds())
            : chosen.labels(),
        chosen.strategy(),
        chosen.pairsPerSecond(),
        chosen.durationSeconds(),
        List.of());
  }

  private static List<String> trueLabels(List<VideoFile.Shown> shown, double offset) {
    List<String> labels = new ArrayList<>(shown.size() / 2);
    for (int i = 0; i < shown.size(); i += 2) {
      labels.add(SecondLabels.halfEven(shown.get(i).seconds() + offset));
    }
    return labels;
  }

  private static SampledVideo ofChosen(
      VideoFrames frames, VideoSampling sampling, FrameShaper shaper, Cancellation wanted) {
    Pixels first = frames.frames().get(0);
    UnaryOperator<Pixels> change =
        shaper.shape(frames.frames().size(), first.width(), first.height());
    double offset = sampling.timeOffsetSeconds();
    return new SampledVideo(
        frames.frames().stream().map(frame -> changed(frame, change, wanted)).toList(),
        frames.pairSeconds().stream().map(s -> SecondLabels.halfEven(s + offset)).toList(),
        sampling.strategy(),
        sampling.framesPerSecond(),
        frames.pairSeconds().stream().mapToDouble(Double::doubleValue).max().orElse(0),
        List.of());
  }

  private static Pixels changed(Pixels frame, UnaryOperator<Pixels> change, Cancellation wanted) {
    wanted.check();
    return change.apply(frame);
  }
}
