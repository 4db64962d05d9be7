package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoSampling;
import java.nio.file.Path;

/** Shows a stretch of a video, without its sound, and asks about it. */
public final class AskAboutVideo {
  private AskAboutVideo() {}

  /**
   * Runs the sample.
   *
   * @param args the checkpoint directory and a video; without them the shipped ones
   */
  public static void main(String[] args) {
    Path model = Path.of(args.length > 0 ? args[0] : "samples/checkpoints/random-bf16");
    Path file = Path.of(args.length > 1 ? args[1] : "samples/media/wurenche_3s.mp4");

    VideoSampling firstTwoSeconds = VideoSampling.builder().bound(0, 2).build();
    Generation brief = Generation.builder().maxNewTokens(64).build();
    try (LongCat longcat = LongCat.builder().model(model).build()) {
      Prompt prompt =
          Prompt.user(
              Video.of(file).with(firstTwoSeconds), Text.of("Which objects appear in the video?"));
      System.out.println(longcat.generate(prompt, brief).text());
    }
  }
}
