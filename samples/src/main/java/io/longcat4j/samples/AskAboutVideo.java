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
   * @param args a video; without it a shipped one
   */
  public static void main(String[] args) {
    Path file = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/clip.gif");

    VideoSampling allThreeSeconds = VideoSampling.builder().bound(0, 3).build();
    Generation brief = Generation.builder().maxNewTokens(64).build();
    try (LongCat longcat = LongCat.tiny()) {
      Prompt prompt =
          Prompt.user(Video.of(file).with(allThreeSeconds), Text.of("Where does the square move?"));
      System.out.println(longcat.generate(prompt, brief).text());
    }
  }
}
